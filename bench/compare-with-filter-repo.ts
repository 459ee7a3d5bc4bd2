// Cleans real repositories and compares the result with git-filter-repo's: node bench/compare-with-filter-repo.ts --value TEXT... REPOSITORY...
//
// For each repository: clean with proof, `git fsck`, which commits kept their ids, and whether every commit's tree is the one that git-filter-repo makes.
// Trees may differ where git-filter-repo is known to be wrong (binary files, encodings, names, tags of trees); each such path is printed, nothing hidden.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { compareTrees, type Rewrite } from './compare-trees.ts';
import { printTable } from './print-table.ts';

const { values: options, positionals: repositories } = parseArgs({
  allowPositionals: true,
  options: { value: { type: 'string', multiple: true } },
});
const values = options.value ?? [];
if (values.length === 0 || repositories.length === 0) {
  console.error('Usage: node bench/compare-with-filter-repo.ts --value TEXT [--value TEXT]... REPOSITORY...');
  process.exit(2);
}
const binary = join(dirname(import.meta.dirname), 'apps', 'cli', 'bin', 'deployguard.mjs');
const differences: string[][] = [];
const rows = repositories.map(compare);
printTable(
  'Cleaning, compared with git-filter-repo',
  ['repository', 'commits', 'rewritten', 'kept ids', 'lost ids', 'proof', 'fsck', 'trees as filter-repo', 'trees otherwise'],
  rows,
);
if (differences.length > 0) printTable('What differs in those trees', ['repository', 'path', 'commits', 'kind'], differences);
process.exitCode = rows.every((row) => row[4] === '0' && row[5] === 'proven' && row[6] === 'clean') ? 0 : 1;

function compare(repository: string): string[] {
  const work = mkdtempSync(join(tmpdir(), 'deployguard-compare-'));
  try {
    const source = copyRepository(repository, join(work, 'source.git'));
    const file = join(work, 'values.txt');
    writeFileSync(file, values.map((value) => `literal:${value}==>***REMOVED***\n`).join(''));
    const result = join(work, 'result.git');
    const cleaned = spawnSync(
      process.execPath,
      [binary, 'clean', '--repo-path', source, '--replace-text', file, '--output', result, '--quiet'],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    if (!existsSync(result)) return [nameOf(repository), '', '', '', '', `exit ${cleaned.status}`, '', '', ''];
    const before = commitsOf(source);
    const after = commitsOf(result);
    const afterIds = new Set(after.map(({ id }) => id));
    const kept = before.filter(({ id }) => afterIds.has(id));
    // A commit may lose its id only if its own tree or message changed, or an ancestor's did.
    const allowed = commitsThatMayChange(source, before);
    const lost = before.filter(({ id }) => !afterIds.has(id) && !allowed.has(id));

    const peer = copyRepository(repository, join(work, 'peer.git'));
    execFileSync(
      'git-filter-repo',
      [
        '--force',
        '--replace-text',
        file,
        '--replace-message',
        file,
        '--prune-empty',
        'never',
        '--prune-degenerate',
        'never',
        '--preserve-commit-encoding',
      ],
      {
        cwd: peer,
        stdio: 'ignore',
      },
    );
    const trees = compareTrees(
      before.map(({ id }) => id),
      readRewrite(result, join(`${result}.maps`, 'commit-map'), after),
      readRewrite(peer, join(peer, 'filter-repo', 'commit-map'), commitsOf(peer)),
    );
    differences.push(...trees.paths.map(({ path, commits, kind }) => [nameOf(repository), path, String(commits), kind]));
    return [
      nameOf(repository),
      String(before.length),
      String(before.length - kept.length),
      String(kept.length),
      String(lost.length),
      cleaned.status === 0 ? 'proven' : `exit ${cleaned.status}`,
      fsckVerdict(source, result),
      String(trees.same),
      String(trees.different),
    ];
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function nameOf(repository: string): string {
  return basename(dirname(repository)) === '.' ? repository : basename(repository);
}

function copyRepository(from: string, to: string): string {
  cpSync(from, to, { recursive: true });
  for (const name of readdirSync(join(to, 'objects', 'pack'))) if (name.endsWith('.promisor')) rmSync(join(to, 'objects', 'pack', name));
  git(to, ['init', '--quiet', '--bare', '.']);
  return to;
}

function readRewrite(repository: string, map: string, commits: readonly Commit[]): Rewrite {
  const lines = readFileSync(map, 'latin1').split('\n');
  const newIds = new Map(lines.map((line) => line.split(/ +/, 2) as [string, string]));
  return {
    repository,
    newIdOf: (commit) => newIds.get(commit) ?? commit,
    treeOf: new Map(commits.map(({ id, tree }) => [id, tree])),
  };
}

interface Commit {
  readonly id: string;
  readonly tree: string;
  readonly parents: readonly string[];
}

function commitsOf(repository: string): Commit[] {
  return git(repository, ['log', '--all', '--topo-order', '--reverse', '--format=%H %T %P'])
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [id = '', tree = '', ...parents] = line.split(' ');
      return { id, tree, parents };
    });
}

/** Found without our search, by git's: commits that add or remove a value, or name it, and all that descend from them. */
function commitsThatMayChange(repository: string, commits: readonly Commit[]): Set<string> {
  const messages = new Set(
    values.flatMap((value) =>
      git(repository, ['log', '--all', '--fixed-strings', `--grep=${value}`, '--format=%H'])
        .split('\n')
        .filter(Boolean),
    ),
  );
  const touching = new Set(
    values.flatMap((value) =>
      git(repository, ['log', '--all', '-m', '--no-renames', '--text', `-S${value}`, '--format=%H'])
        .split('\n')
        .filter(Boolean),
    ),
  );
  const changed = new Set<string>();
  for (const { id, parents } of commits)
    if (messages.has(id) || touching.has(id) || parents.some((parent) => changed.has(parent))) changed.add(id);
  return changed;
}

/** Faults that the source had already are not ours. */
function fsckVerdict(source: string, result: string): string {
  const faults = (repository: string): string[] => {
    const { stdout, stderr } = spawnSync('git', ['fsck', '--full', '--no-dangling', '--no-progress'], {
      cwd: repository,
      encoding: 'latin1',
      maxBuffer: 2 ** 30,
    });
    return `${stdout}${stderr}`.split('\n').filter((line) => line !== '' && !line.startsWith('notice:'));
  };
  const kinds = (lines: readonly string[]): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const line of lines) {
      const kind = line.replaceAll(/[0-9a-f]{40}/g, 'ID');
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    return counts;
  };
  const known = kinds(faults(source));
  const added = [...kinds(faults(result))].filter(([kind, count]) => count > (known.get(kind) ?? 0));
  return added.length === 0
    ? 'clean'
    : added
        .map(([kind]) => kind)
        .join('; ')
        .slice(0, 200);
}

function git(cwd: string, args: readonly string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'latin1', maxBuffer: 2 ** 31, stdio: ['ignore', 'pipe', 'ignore'] });
}
