import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { measureCommand, type Measurement } from './measure-command.ts';
import { median, printTable } from './print-table.ts';
import { generateJsonReport, generateXmlReport } from './reports/generate-report.ts';

const root = dirname(import.meta.dirname);
const reportBytes = 300e6;

/** Reading large reports to the last finding, process start to exit, against their bare tokenizers on the same files. */
export async function benchReports(rounds: number): Promise<void> {
  const rows: string[][] = [];
  for (const [name, generate] of [['report.json', generateJsonReport] as const, ['report.xml', generateXmlReport] as const]) {
    const path = await prepare(name, generate);
    const tokenize = join(root, 'bench', 'reports', 'tokenize.ts');
    const contenders: Record<string, readonly string[]> = {
      [`${name}, bare tokenizer (floor)`]: [tokenize, 'split', path],
      ...(name.endsWith('.json') && { [`${name}, JSON.parse, all in memory`]: [tokenize, 'whole', path] }),
      [`${name}, deployguard report stats`]: [join(root, 'apps', 'cli', 'bin', 'deployguard.mjs'), 'report', 'stats', path],
    };
    const results = new Map<string, Measurement[]>(Object.keys(contenders).map((contender) => [contender, []]));
    for (let round = 0; round < rounds; round++) {
      for (const [contender, args] of Object.entries(contenders)) {
        const measured = await measureCommand(process.execPath, args);
        if (measured.exitCode !== 0) throw new Error(`${contender} ended with ${measured.exitCode}`);
        results.get(contender)!.push(measured);
      }
    }
    const megabytes = statSync(path).size / 1e6;
    const walls = [...results.values()].map((measurements) => median(measurements.map(({ wallSeconds }) => wallSeconds)));
    for (const [i, [contender, measurements]] of [...results].entries()) {
      rows.push([
        contender,
        walls[i]!.toFixed(2),
        (megabytes / walls[i]!).toFixed(0),
        (walls[0]! / walls[i]!).toFixed(2),
        (Math.max(...measurements.map(({ peakResidentMiB }) => peakResidentMiB)) * 1.048576).toFixed(0),
      ]);
    }
  }
  printTable(
    `Reports of ${reportBytes / 1e6} MB, median of ${rounds} (speed at least 0.70 × floor, at most 250 MB)`,
    ['', 'wall s', 'MB/s', 'speed × floor', 'peak RSS MB'],
    rows,
  );
}

/** Made once, and kept in .cache/bench. */
async function prepare(name: string, generate: (path: string, bytes: number) => Promise<void>): Promise<string> {
  const directory = join(root, '.cache', 'bench');
  const path = join(directory, name);
  if (existsSync(path)) return path;
  console.log(`Writing ${path} (once) ...`);
  mkdirSync(directory, { recursive: true });
  await generate(`${path}.part`, reportBytes);
  renameSync(`${path}.part`, path);
  return path;
}
