import { operations, type Release } from '@deployguard/contracts';
import { listAll } from '../client/list-all.ts';
import { openClient } from '../client/open-client.ts';
import { printList } from '../client/print-answer.ts';
import type { ListFlags, ServerFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import type { Column } from '../terminal/render-table.ts';
import { getDeploymentOf } from './find-application.ts';

export async function runAppsReleases(app: string, flags: ServerFlags & ListFlags, context: CliContext): Promise<ExitCode> {
  const client = await openClient(flags, context);
  const { id } = await getDeploymentOf(client, app);
  const releases = await listAll(flags, (page) => client.call(operations.listDeploymentReleases, { params: { id }, query: page }));
  await printList(releases, releaseColumns, flags, context);
  return exitCodes.clean;
}

const releaseColumns: readonly Column<Release>[] = [
  ['RELEASE', ({ number }) => number],
  ['', describe],
  ['COMMIT', ({ git_sha: commit }) => commit.slice(0, 12)],
  ['PACKAGES', ({ components }) => components],
  ['VARIABLES', describeVariables],
  ['CREATED', ({ created_at: at }) => at],
];

/** Those that the release before had not, or otherwise, are marked. */
function describeVariables({ variables, changed_variables: changed = [] }: Release): string {
  return [...new Set([...variables, ...changed])]
    .map((name) => (!changed.includes(name) ? name : variables.includes(name) ? `${name}*` : `-${name}`))
    .join(', ');
}

function describe(release: Release): string {
  const pinned = release.is_pinned ? 'pinned' : '';
  if (release.is_current) return pinned === '' ? 'current' : `current, ${pinned}`;
  if (!release.is_available) return 'removed';
  return release.was_good ? pinned : 'never served';
}
