// The project's figures: npm run bench, or npm run bench -- --help
//
// Everything is measured in one run, in turns (A B C A B C), and printed as medians and as ratios against a floor or a peer: machines differ and
// are noisy, ratios less so. Without --repository a history is generated once and kept in .cache/bench.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchAnalyzer } from './bench-analyzer.ts';
import { benchApi } from './bench-api.ts';
import { benchClean } from './bench-clean.ts';
import { benchDeploy } from './bench-deploy.ts';
import { benchImports } from './bench-imports.ts';
import { benchQueue } from './bench-queue.ts';
import { benchReports } from './bench-reports.ts';
import { benchRouter } from './bench-router.ts';
import { benchScan } from './bench-scan.ts';
import { benchService } from './bench-service.ts';
import { generateHistory } from './generate-history.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean' },
    repository: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '3' },
    commits: { type: 'string', default: '110000' },
    findings: { type: 'string', default: '1000000' },
    value: { type: 'string', multiple: true },
  },
});

const root = dirname(import.meta.dirname);
/** Makes 9,902 objects. */
const smallCommits = 1300;
const rounds = Number(values.rounds);

interface Bench {
  readonly about: string;
  run(): Promise<void>;
}

const benches: Readonly<Record<string, Bench>> = {
  scan: { about: 'a scan of whole histories, beside git reading them', run: () => forEachRepository((path) => benchScan(path, rounds)) },
  clean: {
    about: 'a cleaning of whole histories, beside git-filter-repo where it is installed',
    run: () => forEachRepository((path) => benchClean(path, rounds, values.value ?? [])),
  },
  reports: { about: 'reading a large report of another scanner', run: () => benchReports(rounds) },
  imports: {
    about: 'a report with --findings through the service: upload, parse, database',
    run: () => benchImports(Number(values.findings)),
  },
  queue: { about: 'from asking for a task to its start, and tasks a second, on each queue', run: () => benchQueue(rounds) },
  service: { about: 'start and memory of the embedded service', run: () => benchService(rounds) },
  api: {
    about: 'the API under load beside a bare Fastify, reads while a worker scans, lines of a job to many listeners',
    run: async () => benchApi(rounds, values.repository?.[0] ?? (await generated(Number(values.commits)))),
  },
  analyzer: { about: 'how a repository of 50,000 files is built and run', run: () => benchAnalyzer(rounds) },
  deploy: { about: 'until users have a release that was built before', run: () => benchDeploy(rounds) },
  router: { about: 'requests through the router of deployments', run: () => benchRouter(rounds) },
};

const unknown = positionals.filter((name) => !Object.hasOwn(benches, name));
if (values.help || unknown.length > 0) {
  const usage = [
    ...unknown.map((name) => `There is no figure "${name}".`),
    'Usage: npm run bench -- [figure]... [--repository PATH]... [--rounds N] [--commits N] [--findings N] [--value TEXT]...',
    'Without a figure all are measured, one after the other, which takes about an hour; --commits 1500 --rounds 1 takes minutes.',
    ...Object.entries(benches).map(([name, { about }]) => `  ${name.padEnd(10)}${about}`),
    `--repository: histories of your own, instead of those that are generated once, of --commits and of ${smallCommits}; --rounds: turns (3);`,
    '--commits: size of the larger generated history (110000); --findings: of the report (1000000); --value: what to clean, in repositories of your own',
  ].join('\n');
  if (unknown.length > 0) console.error(usage);
  else console.log(usage);
  process.exit(unknown.length > 0 ? 2 : 0);
}

for (const [name, { run }] of Object.entries(benches)) if (positionals.length === 0 || positionals.includes(name)) await run();

async function forEachRepository(run: (path: string) => Promise<void>): Promise<void> {
  const paths = values.repository ?? [await generated(Number(values.commits)), await generated(smallCommits)];
  for (const path of new Set(paths)) await run(path);
}

async function generated(commits: number): Promise<string> {
  const output = join(root, '.cache', 'bench', `generated-${commits}.git`);
  if (!existsSync(join(output, 'done'))) {
    console.log(`Generating a history of ${commits} commits in ${output} (once) ...`);
    await generateHistory({ output, commits, seed: 1 });
  }
  return output;
}
