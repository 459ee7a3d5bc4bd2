// The ways in which a deployment can go wrong, through real processes: a few of them everywhere, other ones with each commit; all by npm run test:long.
// DEPLOYGUARD_TEST_ROWS=<pattern> plays those that are called so; scripts/container-failures.test.ts plays them in containers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cancellations } from '../../../test/failures/cancellations.ts';
import { drawFailures, testFailures } from '../../../test/failures/test-failures.ts';
import { workerLosses } from '../../../test/failures/worker-losses.ts';
import { wrongApplications } from '../../../test/failures/wrong-applications.ts';
import { startDeploymentsService } from '../../../test/start-deployments-service.ts';

testFailures({
  start: (observeSeconds) => startDeploymentsService({ observeSeconds }),
  extent: process.env['DEPLOYGUARD_LONG_TESTS'] !== undefined && process.env['DEPLOYGUARD_TEST_SEED'] === undefined ? 'all' : 'short',
  command: 'node scripts/test.ts apps/server/src/features/deployments/failures.test.ts',
});

test('each commit has other things go wrong, always a cancellation, a killed worker and a wrong application among them, and all of them by and by', () => {
  const kinds = [cancellations, workerLosses, wrongApplications];

  const draws = Array.from({ length: 2000 }, (_, commit) => drawFailures(commit.toString(16), 'shortest'));

  assert.deepEqual(
    draws.filter((drawn) => !kinds.every((kind) => drawn.some((failure) => kind.includes(failure)))),
    [],
  );
  assert.deepEqual(new Set(draws.flat()), new Set(kinds.flat()));
  assert.ok(new Set(draws.map((drawn) => drawn.map(({ what }) => what).join())).size > 500);
});
