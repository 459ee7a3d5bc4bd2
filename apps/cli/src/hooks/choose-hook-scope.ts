import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { findExistingObjects } from '@deployguard/git';
import type { ScanScope } from '@deployguard/secrets';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import type { OpenSource } from '../source/open-source.ts';
import type { PushedRef } from './parse-pushed-refs.ts';

/**
 * What the commit under way would add. For `git commit -a` and `git commit <path>` that stands in an index of its own, which git names in
 * the environment; the repository's index does not have it.
 */
export function chooseStagedScope({ path, workDirectory }: OpenSource, environment: CliContext['environment']): ScanScope {
  if (path === undefined) throw new CliError('USAGE', 'A hook runs in a work tree.');
  const named = environment['GIT_INDEX_FILE'];
  if (named === undefined) return { kind: 'staged', path };
  return { kind: 'staged', path: writeStandIn(resolve(path, named), join(workDirectory, 'commit')) };
}

/** As much of a work tree as listing the staged files looks at, around another index. The parts of a split index lie beside it. */
function writeStandIn(index: string, directory: string): string {
  const gitDir = join(directory, '.git');
  mkdirSync(join(gitDir, 'objects'), { recursive: true });
  writeFileSync(join(gitDir, 'HEAD'), 'ref: refs/heads/none\n');
  copyFileSync(index, join(gitDir, 'index'));
  for (const name of readdirSync(dirname(index))) {
    if (/^sharedindex\.[0-9a-f]+$/.test(name)) copyFileSync(join(dirname(index), name), join(gitDir, basename(name)));
  }
  return directory;
}

/** What a push would bring to the remote: commits that neither the refs to be replaced nor the known branches of the remote have. */
export async function choosePushedScope(
  { repository }: OpenSource,
  pushed: readonly PushedRef[],
  remote: string | undefined,
): Promise<ScanScope> {
  const replaced = new Set(pushed.map(({ remoteTarget }) => remoteTarget).filter((oid) => oid !== undefined));
  // The remote may have moved to commits that were never fetched.
  const known = await findExistingObjects(repository.git, replaced);
  const tracked = repository.refs.filter(({ name }) => remote !== undefined && name.startsWith(`refs/remotes/${remote}/`));
  const excluded = new Set([...known, ...tracked.map(({ target }) => target)]);
  const included = new Set(pushed.map(({ localTarget }) => localTarget));
  return { kind: 'range', revisions: [...included, ...[...excluded].map((oid) => `^${oid}`)] };
}
