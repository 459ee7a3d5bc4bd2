import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { measureCommand, type Measurement } from './measure-command.ts';
import { median, printTable } from './print-table.ts';

const root = dirname(import.meta.dirname);

interface Contender {
  readonly name: string;
  readonly command: (copy: string, values: string) => readonly [string, ...string[]];
}

/**
 * Removes values from a whole history, search and proof included, against git-filter-repo on the same copy. Without `values`, two are chosen: one
 * that stands in an early version of a file that lives on, so that nearly all commits change, and one that few commits hold.
 */
export async function benchClean(repository: string, rounds: number, values: readonly string[]): Promise<void> {
  const chosen = values.length > 0 ? values.map((value) => ({ name: value, value })) : chooseValues(repository);
  const peers = findFilterRepo();
  const binary = join(root, 'apps', 'cli', 'bin', 'deployguard.mjs');
  const contenders: Contender[] = [
    ...peers.map(({ name, program }) => ({
      name,
      command: (copy: string, file: string) => [...program, '--force', '--replace-text', file] as const,
    })),
    {
      name: 'deployguard clean',
      command: (copy, file) => [
        process.execPath,
        binary,
        'clean',
        '--repo-path',
        copy,
        '--replace-text',
        file,
        '--output',
        `${copy}.cleaned.git`,
        '--quiet',
      ],
    },
  ];
  for (const { name: label, value } of chosen) {
    const results = new Map<string, Measurement[]>();
    for (let round = 0; round < rounds; round++) {
      for (const contender of contenders) {
        const work = mkdtempSync(join(tmpdir(), 'deployguard-bench-'));
        const copy = join(work, 'copy.git');
        const file = join(work, 'values.txt');
        cpSync(repository, copy, { recursive: true });
        writeFileSync(file, `literal:${value}==>***REMOVED***\n`);
        const [program, ...args] = contender.command(copy, file);
        const measured = await measureCommand(program, args, copy);
        if (measured.exitCode !== 0) throw new Error(`${contender.name} ended with ${measured.exitCode}`);
        results.set(contender.name, [...(results.get(contender.name) ?? []), measured]);
        rmSync(work, { recursive: true, force: true });
      }
    }
    const own = median(results.get('deployguard clean')!.map((measured) => measured.wallSeconds));
    printTable(
      `Clean of ${repository}: ${label}, median of ${rounds}`,
      ['', 'wall s', 'CPU s', 'peak private MiB', 'deployguard is faster by'],
      [...results].map(([name, measurements]) => {
        const wall = median(measurements.map((measured) => measured.wallSeconds));
        return [
          name,
          wall.toFixed(2),
          median(measurements.map((measured) => measured.cpuSeconds)).toFixed(2),
          Math.max(...measurements.map((measured) => measured.peakPrivateMiB)).toFixed(0),
          `${(wall / own).toFixed(1)} ×`,
        ];
      }),
    );
  }
}

/**
 * The system's program, and the newest release when it is in `.cache/peers`:
 * `python3 -m venv .cache/peers && .cache/peers/bin/pip install git-filter-repo`.
 */
function findFilterRepo(): { name: string; program: readonly [string, ...string[]] }[] {
  const newest = join(root, '.cache', 'peers', 'bin', 'git-filter-repo');
  return [newest, 'git-filter-repo'].flatMap((program) => {
    try {
      const version = execFileSync(program, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
      return [{ name: `git-filter-repo ${program === newest ? 'from PyPI' : 'of the system'} (${version})`, program: [program] as const }];
    } catch {
      return [];
    }
  });
}

function chooseValues(repository: string): { name: string; value: string }[] {
  const git = (args: string[]): string => execFileSync('git', args, { cwd: repository, encoding: 'latin1', maxBuffer: 2 ** 30 });
  // HEAD may name a branch that is not there.
  const tip = git(['rev-list', '--max-count=1', '--branches', '--date-order']).trim();
  const commits = git(['rev-list', '--first-parent', tip]).trim().split('\n');
  const lineOf = (commit: string): string => {
    const added = git(['show', '--format=', '-U0', '--diff-merges=first-parent', commit])
      .split('\n')
      .filter((line) => /^\+[^+]/.test(line))
      .map((line) => line.slice(1).trim());
    return added.filter((line) => line.length >= 24 && line.length <= 100).sort((a, b) => b.length - a.length)[0]!;
  };
  const pick = (from: number): string => {
    for (let at = from; at < commits.length; at++) if (lineOf(commits[at]!)) return lineOf(commits[at]!);
    throw new Error('No commit adds a line that could serve as a value.');
  };
  return [
    { name: 'a line of an early commit', value: pick(Math.floor(commits.length * 0.97)) },
    { name: 'a line of a late commit', value: pick(Math.floor(commits.length * 0.002)) },
  ];
}
