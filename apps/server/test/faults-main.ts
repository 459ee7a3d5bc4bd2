// The fault suite by hand: node apps/server/test/faults-main.ts --jobs 300 --kills 100 --seed 1 --broker rabbitmq|redis|embedded [--kills-per-restart 8] [--outage SECONDS]
// [--log FILE]
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { manyProcesses, runFaults } from './faults/run-faults.ts';

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '300' },
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    broker: { type: 'string', default: 'rabbitmq' },
    'kills-per-restart': { type: 'string', default: '8' },
    outage: { type: 'string', default: '2' },
    'in-flight': { type: 'string', default: '10' },
    log: { type: 'string' },
  },
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const startedAt = performance.now();
const seconds = (): string => ((performance.now() - startedAt) / 1000).toFixed(0).padStart(5);
console.log(`seed ${values.seed}, ${values.jobs} jobs, ${values.kills} kills, over ${values.broker}`);
const { violations, counts, complaints } = await runFaults({
  broker: values.broker as 'rabbitmq' | 'redis' | 'embedded',
  jobs: Number(values.jobs),
  kills: Number(values.kills),
  killsPerRestart: Number(values['kills-per-restart']),
  longestOutageSeconds: Number(values.outage),
  killsPerFreeze: 15,
  inFlight: Number(values['in-flight']),
  members: manyProcesses,
  seed: Number(values.seed),
  onNews: (line) => console.log(`${seconds()} s  ${line}`),
});
if (values.log !== undefined) writeFileSync(values.log, complaints.join('\n'));
for (const [what, count] of Object.entries(counts)) console.log(`${String(count).padStart(8)}  ${what}`);
for (const violation of violations) console.log(`VIOLATION ${violation}`);
console.log(`${violations.length} violations after ${seconds().trim()} s`);
process.exitCode = violations.length === 0 ? 0 : 1;
