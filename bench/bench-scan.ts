import { cpSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { measureCommand, type Measurement } from './measure-command.ts';
import { median, printTable } from './print-table.ts';

const root = dirname(import.meta.dirname);

/** The whole scan, process start to exit, against what git needs merely to print the objects, and to print the patches. */
export async function benchScan(repository: string, rounds: number): Promise<void> {
  const binary = join(root, 'apps', 'cli', 'bin', 'deployguard.mjs');
  const contenders: Record<string, readonly [string, ...string[]]> = {
    'git cat-file --batch-all-objects (floor)': ['git', 'cat-file', '--batch-all-objects', '--batch', '--unordered', '--buffer'],
    'git log -p -U0 --all (patch floor)': ['git', 'log', '-p', '-U0', '--all'],
    'deployguard scan': [process.execPath, binary, 'scan', '--repo-path', repository],
    ...listOtherWays(['scan', '--repo-path', repository]),
  };
  const results = new Map<string, Measurement[]>();
  // Memory is taken in a round of its own.
  for (let round = 0; round <= rounds; round++) {
    for (const [name, [program, ...args]] of Object.entries(contenders)) {
      const measured = await measureCommand(program, args, repository, { withMemory: round === 0 });
      if (measured.exitCode > 1) throw new Error(`${name} ended with ${measured.exitCode}`);
      results.set(name, [...(results.get(name) ?? []), measured]);
    }
  }
  const [floor, patchFloor] = [...results.values()].map(([, ...timed]) => median(timed.map((measured) => measured.wallSeconds)));
  printTable(
    `Scan of ${repository}, median of ${rounds}`,
    ['', 'wall s', 'CPU s', 'peak RSS MiB', 'first output ms', '× cat-file', '× log -p'],
    [...results].map(([name, [sampled, ...timed]]) => {
      const wall = median(timed.map((measured) => measured.wallSeconds));
      return [
        name,
        wall.toFixed(2),
        median(timed.map((measured) => measured.cpuSeconds)).toFixed(2),
        sampled!.peakResidentMiB.toFixed(0),
        median(timed.map((measured) => measured.firstOutputMilliseconds ?? 0)).toFixed(0),
        (wall / floor!).toFixed(2),
        (wall / patchFloor!).toFixed(2),
      ];
    }),
  );
}

/** The package as it is published (after `npm run build`), and the launcher under an older Node of the system, which starts ours. */
function listOtherWays(args: readonly string[]): Record<string, readonly [string, ...string[]]> {
  const cli = join(root, 'apps', 'cli');
  const ways: Record<string, readonly [string, ...string[]]> = {};
  if (existsSync(join(cli, 'dist', 'main.js'))) {
    const published = join(root, '.cache', 'bench', 'published');
    for (const part of ['bin', 'dist', 'package.json']) cpSync(join(cli, part), join(published, part), { recursive: true });
    ways['deployguard scan, compiled'] = [process.execPath, join(published, 'bin', 'deployguard.mjs'), ...args];
  }
  const systemNode = '/usr/bin/node';
  if (existsSync(systemNode))
    ways["deployguard scan, launched by the system's node"] = [systemNode, join(cli, 'bin', 'deployguard.mjs'), ...args];
  return ways;
}
