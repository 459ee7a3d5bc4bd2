import { globSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Instance, Router, Target } from '@deployguard/delivery';
import { findEngineRemains } from './find-engine-remains.ts';
import type { EngineThing } from './find-engine-remains.ts';
import { query } from './start-test-cluster.ts';

/** Where a service of a test keeps what belongs to applications. */
export interface Ground {
  /** Of all that is deployed. */
  readonly base: string;
  /** In it, of the target. */
  readonly instances: string;
  /** Of what tasks do. */
  readonly workDirectory: string;
  readonly superuserUrl: string;
  readonly target: Target;
  readonly router: Router;
  /** Nothing where no engine is used. */
  readonly listOfEngine: () => Promise<readonly EngineThing[]>;
}

/**
 * What is there of an application although nothing is under way and nobody needs it: processes, files, ports, routes, rows. An application that is
 * gone leaves nothing; of one that is there, the current release runs, and what can be rolled back to is kept.
 */
export async function listRemains(ground: Ground, label: string): Promise<string[]> {
  const { base, instances: ofTarget, workDirectory, superuserUrl, target, router, listOfEngine } = ground;
  const [application] = await query<{ id: string; current_release_id: string | null }>(
    superuserUrl,
    'select id, current_release_id from applications where label = $1',
    [label],
  );
  const releases = await query<{ id: string; digest: string }>(
    superuserUrl,
    `select id, artifact ->> 'digest' as digest from releases where application_id = $1 and removed_at is null`,
    [application?.id ?? null],
  );
  const kept = new Set(releases.map(({ id }) => id));
  const digests = new Set(releases.map(({ digest }) => digest));
  const instances = await target.list(label);
  const ports = new Set(instances.map(({ address }) => address.port));
  const at = (...parts: string[]): string => join(base, ...parts);
  const own = join(ofTarget, 'applications', label);
  const remains: string[] = [];
  const note = (what: string, found: readonly unknown[]): void => void remains.push(...found.map((each) => `${what} ${String(each)}`));

  note(
    'instance of another release',
    instances.filter(({ release }) => release !== application?.current_release_id).map(({ id }) => id),
  );
  const running = new Set(instances.map(({ id }) => join(own, 'instances', id)));
  note(
    'process',
    listProcessesIn([own, at('applications', label)])
      .filter(({ marker, command }) => (marker === undefined || !running.has(marker)) && !isOfEngine(command, instances))
      .map(describe),
  );
  note(
    'release',
    list(own, 'releases').filter((name) => !kept.has(name)),
  );
  note(
    'files of an instance',
    globSync(join(own, 'instances', '*', 'instance.json'))
      .filter((path) => !kept.has((JSON.parse(readFileSync(path, 'utf8')) as { instance: { release: string } }).instance.release))
      .map((path) => path),
  );
  const records = globSync(at('applications', label, 'builds', 'sha256-*.json'));
  note(
    'build',
    records.filter((path) => !digests.has(basename(path, '.json').replace('-', ':'))),
  );
  const built = new Set(records.map((path) => (JSON.parse(readFileSync(path, 'utf8')) as { name: string }).name));
  note(
    'files of a build',
    list(at('applications', label, 'builds')).filter((name) => !name.endsWith('.json') && !built.has(name)),
  );
  note('files of a build', list(at('applications', label, 'images')));
  note(
    'of the engine:',
    findEngineRemains(await listOfEngine(), {
      label,
      isThere: application !== undefined,
      instances: new Set(instances.map(({ id }) => id)),
      digests,
    }).map(({ kind, name }) => `${kind} ${name}`),
  );
  if (application === undefined) note('directory', [...globSync(own), ...globSync(at('applications', label))]);
  note(
    'port',
    globSync(join(ofTarget, 'ports', '*')).filter(
      (path) => readFileSync(path, 'utf8').startsWith(`${own}/`) && !ports.has(Number(basename(path))),
    ),
  );
  note(
    'route',
    (await router.listRoutes())
      .filter((route) => route.application === label)
      .filter(({ release, upstreams }) => release !== application?.current_release_id || upstreams.some(({ port }) => !ports.has(port)))
      .map(({ host, upstreams }) => `${host} ${JSON.stringify(upstreams)}`),
  );
  note('work directory', list(workDirectory));
  note(
    'row',
    (
      await query<{ row: string }>(
        superuserUrl,
        `select 'build ' || builds.id as row from builds join deployments on deployments.id = builds.deployment_id
           where application_id = $1 and completed_at is null
         union all select 'deployment ' || status from deployments
           where application_id = $1 and status in ('QUEUED', 'ANALYZING', 'BUILDING', 'PROVISIONING', 'DEPLOYING', 'HEALTHY', 'ROLLING_BACK', 'DESTROYING')
         union all select 'task ' || kind || ' ' || state from tasks where input ->> 'applicationId' = $1::text and state in ('queued', 'running')`,
        [application?.id ?? null],
      )
    ).map(({ row }) => row),
  );
  return remains;
}

interface Found {
  readonly pid: number;
  /** The directory of the instance that it belongs to. */
  readonly marker: string | undefined;
  readonly command: string;
}

/** What runs in a directory of the application, or is marked as its. */
function listProcessesIn(places: readonly string[]): Found[] {
  const isIn = (path: string): boolean => places.some((place) => path === place || path.startsWith(`${place}/`));
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const read = (file: string): string => readFileSync(`/proc/${name}/${file}`, 'latin1');
        const marker = /(?:^|\0)DEPLOYGUARD_INSTANCE=([^\0]*)/.exec(read('environ'))?.[1];
        const directory = readlinkSync(`/proc/${name}/cwd`);
        if (!isIn(marker ?? directory)) return [];
        // A supervisor stands in the directory of its instance.
        return [{ pid: Number(name), marker: marker ?? directory, command: read('cmdline').replaceAll('\0', ' ') }];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}

/**
 * An engine has processes beside each container that runs, which name it: its client and a monitor; and one for the names in all of its networks, which
 * the first container on the machine has started. The containers themselves are looked at by their names.
 */
function isOfEngine(command: string, instances: readonly Instance[]): boolean {
  if (/\/aardvark-dns /.test(command)) return true;
  return /\/conmon |--name deployguard-/.test(command) && instances.some(({ id }) => command.includes(`.${id} `));
}

function describe({ pid, command }: Found): string {
  return `${pid} ${command}`;
}

function list(...parts: string[]): string[] {
  try {
    return readdirSync(join(...parts));
  } catch {
    return [];
  }
}
