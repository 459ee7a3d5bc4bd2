import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceDirectory } from './find-source.ts';
import { loadRefFile } from './load-source-refs.ts';
import { readPlainFile } from './read-plain-file.ts';
import type { HiddenRoot } from './repository.ts';

/**
 * What keeps objects alive beside the refs: older stash entries (which live in the stash's log alone), `ORIG_HEAD`, `FETCH_HEAD` and their
 * like, and the same of every linked work tree. Ids may be of objects that are gone.
 */
export async function loadHiddenRoots({ gitDir, commonDir }: SourceDirectory): Promise<HiddenRoot[]> {
  const roots = [...(await loadStashEntries(commonDir)), ...(await loadPseudoRefs(commonDir, ''))];
  const worktrees = await readdir(join(commonDir, 'worktrees'), { withFileTypes: true }).catch(() => []);
  for (const worktree of worktrees.filter((entry) => entry.isDirectory())) {
    const directory = join(commonDir, 'worktrees', worktree.name);
    roots.push(...(await loadPseudoRefs(directory, `worktrees/${worktree.name}/`)));
    for (const group of ['bisect', 'rewritten', 'worktree']) {
      roots.push(...(await loadFlatRefs(join(directory, 'refs', group), `worktrees/${worktree.name}/refs/${group}/`)));
    }
  }
  // Of the work tree that is looked at, HEAD is the repository's head.
  const ownHead = gitDir === commonDir ? 'HEAD' : undefined;
  return roots.filter((root) => root.name !== ownHead);
}

/** The log's newest entry is `refs/stash` itself; each line is `<old id> <new id> <who> <when>\t<message>`. */
async function loadStashEntries(commonDir: string): Promise<HiddenRoot[]> {
  const log = (await readPlainFile(join(commonDir, 'logs', 'refs', 'stash')))?.toString('latin1') ?? '';
  const targets = log.split('\n').flatMap((line) => /^[0-9a-f]{40,64} ([0-9a-f]{40,64}) /.exec(line)?.[1] ?? []);
  return targets
    .toReversed()
    .map((target, index) => ({ name: `refs/stash@{${index}}`, target }))
    .slice(1);
}

/** Files such as `ORIG_HEAD` and `MERGE_HEAD`: each line begins with an id. A HEAD that names a branch is no root of its own. */
async function loadPseudoRefs(directory: string, prefix: string): Promise<HiddenRoot[]> {
  const names = (await readdir(directory)).filter((name) => /^(?:[A-Z]+_)*HEAD$|^AUTO_MERGE$/.test(name)).sort();
  const roots: HiddenRoot[] = [];
  for (const name of names) {
    const text = (await readPlainFile(join(directory, name)).catch(() => undefined))?.toString('latin1') ?? '';
    for (const [target] of text.matchAll(/^(?:[0-9a-f]{64}|[0-9a-f]{40})(?=\s|$)/gm)) roots.push({ name: prefix + name, target });
  }
  return roots;
}

async function loadFlatRefs(directory: string, prefix: string): Promise<HiddenRoot[]> {
  const roots: HiddenRoot[] = [];
  for (const entry of await readdir(directory, { withFileTypes: true }).catch(() => [])) {
    const value = entry.isFile() ? await loadRefFile(Buffer.from(join(directory, entry.name))) : undefined;
    if (value !== undefined && 'target' in value) roots.push({ name: prefix + entry.name, target: value.target });
  }
  return roots;
}
