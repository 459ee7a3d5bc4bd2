// Jobs while processes and servers are killed. DEPLOYGUARD_LONG_TESTS=1 makes it hundreds of jobs; test/faults-main.ts is the same by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manyProcesses, runFaults } from '../test/faults/run-faults.ts';
import type { FaultOptions } from '../test/faults/run-faults.ts';

const isLong = process.env['DEPLOYGUARD_LONG_TESTS'] === '1';
const hour = 3600;

const short: Omit<FaultOptions, 'broker' | 'seed'> = {
  jobs: 12,
  kills: 9,
  killsPerRestart: 3,
  killsPerFreeze: 5,
  inFlight: 6,
  members: [{ part: 'api' }, { part: 'worker' }, { part: 'worker', skewSeconds: 3 * hour }, { part: 'scheduler', skewSeconds: -3 * hour }],
};
const long: typeof short = { jobs: 300, kills: 100, killsPerRestart: 8, killsPerFreeze: 15, inFlight: 10, members: manyProcesses };

for (const broker of isLong ? (['rabbitmq', 'redis'] as const) : (['rabbitmq'] as const)) {
  const title = `over ${broker} no job is lost, nothing is pushed twice and no event has two ids, whatever is killed`;
  test(title, { timeout: isLong ? 5_400_000 : 840_000 }, async (t) => {
    const seed = Math.floor(Math.random() * 1_000_000);
    t.diagnostic(`seed ${seed}`);

    const { violations, counts } = await runFaults({ ...(isLong ? long : short), broker, seed, onNews: (line) => t.diagnostic(line) });

    for (const [what, count] of Object.entries(counts)) t.diagnostic(`${count} ${what}`);
    assert.deepEqual(violations, [], `seed ${seed}`);
  });
}
