// The project's figures: npm run bench -- [scan|clean|reports|queue|service|api] [--repository PATH]... [--rounds N] [--commits N]
//
// Everything is measured in one run, in turns (A B C A B C), and printed as medians and as ratios against a floor or a peer: machines differ and
// are noisy, ratios less so. Without --repository a history is generated once and kept in .cache/bench.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchApi } from './bench-api.ts';
import { benchClean } from './bench-clean.ts';
import { benchQueue } from './bench-queue.ts';
import { benchReports } from './bench-reports.ts';
import { benchScan } from './bench-scan.ts';
import { benchService } from './bench-service.ts';
import { generateHistory } from './generate-history.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    repository: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '3' },
    commits: { type: 'string', default: '110000' },
    value: { type: 'string', multiple: true },
  },
});

const root = dirname(import.meta.dirname);
/** Makes 9,902 objects. */
const smallCommits = 1300;
const rounds = Number(values.rounds);
const wanted = positionals.length > 0 ? positionals : ['scan', 'clean'];

if (wanted.includes('queue')) await benchQueue(rounds);
if (wanted.includes('reports')) await benchReports(rounds);
if (wanted.includes('service')) await benchService(rounds);
if (wanted.includes('api')) await benchApi(rounds, values.repository?.[0] ?? (await generated(Number(values.commits))));

const needsRepository = wanted.includes('scan') || wanted.includes('clean');
const repositories = needsRepository ? (values.repository ?? [await generated(Number(values.commits)), await generated(smallCommits)]) : [];
for (const repository of repositories) {
  if (wanted.includes('scan')) await benchScan(repository, rounds);
  if (wanted.includes('clean')) await benchClean(repository, rounds, values.value ?? []);
}

async function generated(commits: number): Promise<string> {
  const output = join(root, '.cache', 'bench', `generated-${commits}.git`);
  if (!existsSync(join(output, 'done'))) {
    console.log(`Generating a history of ${commits} commits in ${output} (once) ...`);
    await generateHistory({ output, commits, seed: 1 });
  }
  return output;
}
