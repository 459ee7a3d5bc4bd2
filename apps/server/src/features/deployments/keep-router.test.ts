import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connectRouter } from '@deployguard/delivery';
import { anApplication, quickly } from '../../../test/an-application.ts';
import { startDeploymentsService } from '../../../test/start-deployments-service.ts';
import type { DeploymentsService } from '../../../test/start-deployments-service.ts';
import type { Platform } from '../../feature.ts';
import { routerOrderOf } from '../../router.ts';
import { createRouterDuty } from './keep-router.ts';

let service: DeploymentsService;

before(async () => {
  service = await startDeploymentsService({ environment: { DEPLOYGUARD_DEPLOYMENTS_TRUSTED_PROXIES: '127.0.0.9' } });
  await service.startWorker();
});
after(() => service.stop());

test(
  'a router that was killed is there again as soon as somebody looks, with all that it led to, and the log tells',
  { timeout: 120_000 },
  async () => {
    const { config } = service.platform;
    const warnings: string[] = [];
    const duty = createRouterDuty({ config, logger: { warn: (text: string) => warnings.push(text) } as unknown as Platform['logger'] });
    const router = connectRouter(routerOrderOf(config));
    const look = (): Promise<void> => duty.run(AbortSignal.timeout(60_000));
    await look();
    await assert.rejects(router.describe(), { code: 'ROUTER_UNREACHABLE' }, 'where nothing was deployed, nothing is started');
    const id = await service.deploy('kept', anApplication('one'), { config: { application: quickly } });
    assert.equal((await service.waitFor(id, 'EXPOSED', 'FAILED')).status, 'EXPOSED');
    const { pid } = await router.describe();
    await look();
    assert.deepEqual(warnings, []);

    process.kill(pid, 'SIGKILL');
    await assert.rejects(service.ask('kept'));
    await look();

    assert.equal((await service.ask('kept')).status, 200);
    assert.notEqual((await router.describe()).pid, pid);
    assert.deepEqual(warnings, ['The router is gone: it is started anew.']);
    assert.ok(duty.everySeconds <= 1);
  },
);

test('the router believes the proxies that the settings name', async () => {
  const { trustedProxies } = await connectRouter(routerOrderOf(service.platform.config)).describe();

  assert.deepEqual(trustedProxies, ['127.0.0.9']);
});
