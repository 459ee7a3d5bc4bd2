import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** What two rewrites of one history left differently. */
export interface PathDifference {
  readonly path: string;
  /** In how many commits. */
  readonly commits: number;
  /**
   * What git takes the file for: git-filter-repo leaves binary ones as they are. `form` where all files are the same: git-filter-repo
   * writes trees anew, as those with modes of old versions of git.
   */
  readonly kind: 'text' | 'binary' | 'form';
}

export interface TreeComparison {
  readonly same: number;
  readonly different: number;
  readonly paths: readonly PathDifference[];
}

/** One rewrite of a history: its repository, and what each commit of the source became. */
export interface Rewrite {
  readonly repository: string;
  readonly newIdOf: (commit: string) => string;
  readonly treeOf: ReadonlyMap<string, string>;
}

/** Holds the trees that both made of each commit against each other. */
export function compareTrees(commits: readonly string[], ours: Rewrite, theirs: Rewrite): TreeComparison {
  const found = new Map<string, { commits: number; kind: PathDifference['kind'] }>();
  const differencesOf = new Map<string, readonly Difference[]>();
  let different = 0;
  for (const commit of commits) {
    const [a, b] = [theirs, ours].map(({ newIdOf, treeOf }) => treeOf.get(newIdOf(commit)));
    if (a === undefined || b === undefined) throw new Error(`One of the rewrites has lost the commit ${commit}`);
    if (a === b) continue;
    different++;
    const key = `${a} ${b}`;
    if (!differencesOf.has(key)) differencesOf.set(key, listDifferences(theirs.repository, ours.repository, a, b));
    for (const [path, kind] of differencesOf.get(key)!) {
      const known = found.get(path);
      found.set(path, { commits: (known?.commits ?? 0) + 1, kind: known?.kind === 'text' ? 'text' : kind });
    }
  }
  const paths = [...found].map(([path, rest]) => ({ path, ...rest })).sort((a, b) => b.commits - a.commits);
  return { same: commits.length - different, different, paths };
}

type Difference = readonly [path: string, kind: PathDifference['kind']];

function listDifferences(repository: string, other: string, tree: string, otherTree: string): Difference[] {
  const differences = git(repository, other, ['diff-tree', '-r', '-z', '--no-renames', '--numstat', '--end-of-options', tree, otherTree]);
  const fields = differences.split('\0').filter(Boolean);
  if (fields.length === 0) return [['(the trees themselves)', 'form']];
  // Binary files have no numbers of lines.
  return fields.map((field) => [field.split('\t').slice(2).join('\t'), field.startsWith('-\t-\t') ? 'binary' : 'text']);
}

function git(cwd: string, other: string, args: readonly string[]): string {
  const env = { ...process.env, GIT_ALTERNATE_OBJECT_DIRECTORIES: join(other, 'objects') };
  return execFileSync('git', args, { cwd, env, encoding: 'latin1', maxBuffer: 2 ** 30 });
}
