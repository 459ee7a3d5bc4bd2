import type { Application, Deployment } from '@deployguard/contracts';
import { type Column, renderFields } from '../terminal/render-table.ts';
import type { Terminal } from '../terminal/terminal.ts';

export const applicationColumns: readonly Column<Application>[] = [
  ['APPLICATION', ({ name }) => name],
  ['STATE', (application) => describeState(application, 'changing')],
  ['ADDRESS', ({ url }) => url],
  ['CREATED', ({ created_at: at }) => at],
];

export const deploymentColumns: readonly Column<Deployment>[] = [
  ['NUMBER', ({ number }) => number],
  ['STATUS', ({ status, is_current: isCurrent }) => (isCurrent && status === 'EXPOSED' ? 'EXPOSED (current)' : status)],
  ['COMMIT', ({ git_sha: commit }) => commit?.slice(0, 12)],
  ['SOURCE', describeSource],
  ['CREATED', ({ created_at: at }) => at],
  ['', ({ last_error: error }) => error?.code],
];

export function renderApplication(application: Application, terminal: Terminal): string {
  return renderFields(
    [
      ['application', application.name],
      ['state', describeState(application, 'something is under way')],
      ['address', application.url],
      ['domains', application.domains.join(', ')],
      [
        'processes',
        Object.entries(application.processes)
          .map(([name, count]) => `${name} ${count}`)
          .join(', '),
      ],
      ['instances', application.instance_states.map(describeInstance).join('; ')],
      ['runs as', application.target],
    ],
    terminal,
  );
}

function describeState({ state, is_changing: isChanging, is_being_destroyed: isGoing }: Application, change: string): string {
  if (isGoing) return 'being destroyed';
  return isChanging ? `${state}, ${change}` : state;
}

function describeInstance({ process, status, restarts, last_exit: end }: Application['instance_states'][number]): string {
  const again =
    restarts === 0 || end === null ? '' : `, started again ${restarts} times, ended last at ${end.at} (exit code ${end.exit_code})`;
  return `${process} ${status}${again}`;
}

function describeSource({ repo_url: url, source_id: id, from_release_id: fromId }: Deployment): string {
  const source = url ?? `upload ${id}`;
  return fromId === null ? source : `${source}, as built before`;
}

/** A deployment as people see it. */
export function renderDeployment(deployment: Deployment, terminal: Terminal): string {
  const { last_error: error, status, progress_percent: percent, current_step: step } = deployment;
  return renderFields(
    [
      ['deployment', `${deployment.number} of ${deployment.application}`],
      ['id', deployment.id],
      ['status', isMoving(deployment) ? `${status}, ${percent} %: ${step ?? ''}` : status],
      ['commit', deployment.git_sha],
      ['source', describeSource(deployment)],
      ['branch', deployment.branch],
      ['address', deployment.external_url],
      ['error', error && `${error.message.split('\n', 1)[0]} (${error.code})`],
      ['created', deployment.created_at],
      ['deployed', deployment.deployed_at],
    ],
    terminal,
  );
}

const moving: readonly Deployment['status'][] = [
  'QUEUED',
  'ANALYZING',
  'BUILDING',
  'PROVISIONING',
  'DEPLOYING',
  'HEALTHY',
  'ROLLING_BACK',
  'DESTROYING',
];

/** Something is under way with it, or will be. */
export function isMoving({ status }: Pick<Deployment, 'status'>): boolean {
  return moving.includes(status);
}
