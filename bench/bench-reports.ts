import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { measureCommand, type Measurement } from './measure-command.ts';
import { median, printTable } from './print-table.ts';
import { generateJsonReport, generateXmlReport } from './reports/generate-report.ts';

const root = dirname(import.meta.dirname);
const reportBytes = 300e6;

/** Reading large reports to the last finding, process start to exit, against tokenizers that do nothing else, on the same files. */
export async function benchReports(rounds: number): Promise<void> {
  const rows: string[][] = [];
  for (const { name, generate, floors } of reports) {
    const path = await prepare(name, generate);
    const megabytes = statSync(path).size / 1e6;
    const contenders = [
      ...floors.map(([how, what]) => ({ label: `${name}: ${what}`, args: [join(root, 'bench', 'reports', 'tokenize.ts'), how, path] })),
      {
        label: `${name}: deployguard report stats`,
        args: [join(root, 'apps', 'cli', 'bin', 'deployguard.mjs'), 'report', 'stats', path],
      },
    ];
    const results: Measurement[][] = contenders.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (const [index, { label, args }] of contenders.entries()) {
        const measured = await measureCommand(process.execPath, args);
        if (measured.exitCode !== 0) throw new Error(`${label} ended with ${measured.exitCode}`);
        results[index]!.push(measured);
      }
    }
    const walls = results.map((measurements) => median(measurements.map(({ wallSeconds }) => wallSeconds)));
    const cpus = results.map((measurements) => median(measurements.map(({ cpuSeconds }) => cpuSeconds)));
    for (const [index, { label }] of contenders.entries()) {
      rows.push([
        label,
        walls[index]!.toFixed(2),
        cpus[index]!.toFixed(2),
        (megabytes / walls[index]!).toFixed(0),
        (walls[0]! / walls[index]!).toFixed(2),
        (cpus[0]! / cpus[index]!).toFixed(2),
        (Math.max(...results[index]!.map(({ peakResidentMiB }) => peakResidentMiB)) * 1.048576).toFixed(0),
      ]);
    }
  }
  printTable(
    `Reports of ${reportBytes / 1e6} MB, median of ${rounds} (speed at least 0.70 × floor, at most 250 MB)`,
    ['', 'wall s', 'cpu s', 'MB/s', 'speed × floor', 'by cpu', 'peak RSS MB'],
    rows,
  );
}

/** The first of the floors is the one that counts. */
const reports = [
  {
    name: 'report.json',
    generate: generateJsonReport,
    floors: [
      ['items', 'a state machine over the bytes and JSON.parse of each item, nothing kept (floor)'],
      ['split', 'our splitter and JSON.parse of each entry, nothing kept'],
      ['whole', 'JSON.parse, all in memory'],
    ],
  },
  {
    name: 'report.xml',
    generate: generateXmlReport,
    floors: [
      ['saxes', 'saxes, a parser of others, nothing kept (floor)'],
      ['scan', 'our scanner, nothing kept'],
    ],
  },
] as const;

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
