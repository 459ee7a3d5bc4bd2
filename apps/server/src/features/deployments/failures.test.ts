// The ways in which a deployment can go wrong, through real processes: a few of them everywhere, all by npm run test:long. DEPLOYGUARD_TEST_ROWS=<pattern>
// plays those that are called so; scripts/container-failures.test.ts plays them in containers.
import { testFailures } from '../../../test/failures/test-failures.ts';
import { startDeploymentsService } from '../../../test/start-deployments-service.ts';

testFailures({
  start: (observeSeconds) => startDeploymentsService({ observeSeconds }),
  isLong: process.env['DEPLOYGUARD_LONG_TESTS'] !== undefined,
});
