import assert from 'node:assert/strict';
import type { Release } from '@deployguard/contracts';
import { anApplication, quickly } from './an-application.ts';
import type { DeploymentsService } from './start-deployments-service.ts';
import { startLoad } from './start-load.ts';

/**
 * A release replaces another under load, and is gone back from: users get one or the other and nothing else; code, configuration and secrets are those
 * of the release that serves.
 */
export async function playUpdateAndRollback(service: DeploymentsService): Promise<void> {
  const deploy = (files: Record<string, string>, application: Record<string, unknown>): Promise<string> =>
    service.deploy('shop', files, { config: { application: { ...quickly, ...application } } });
  const showing = (version: string) =>
    anApplication(version, { answer: 'response.write(`${process.env.SETTING} ${process.env.TOKEN} `);' });
  const config = (setting: string) => ({ env_vars: { SETTING: setting }, smoke_tests: [{ path: '/', body_includes: `${setting} ` }] });
  const begun = await deploy(showing('zero'), config('oldest'));
  const exposed = await service.waitFor(begun, 'EXPOSED', 'FAILED', 'ROLLED_BACK');
  assert.equal(exposed.status, 'EXPOSED', JSON.stringify(exposed.last_error));
  const { id, url } = (await service.settle('shop'))!;
  const setToken = async (value: string) => service.call('PATCH', `/api/v2/applications/${id}/env`, { set: { TOKEN: value } });
  const set = await setToken('older-token');
  const first = await deploy(showing('one'), config('old'));
  await service.waitFor(first, 'EXPOSED');
  await service.settle('shop');
  const rested = await service.get(begun);
  await setToken('newer-token');
  const { routerHost: host, routerPort: port } = service.platform.config.deployments;
  const load = startLoad({ host, port, name: 'shop.localhost', perSecond: 40 });

  const second = await deploy(showing('two'), config('new'));
  await service.waitFor(second, 'EXPOSED', 'FAILED', 'ROLLED_BACK');
  await service.settle('shop');
  const ofSecond = await service.ask('shop');
  const releases = (await service.call('GET', `/api/v2/deployments/${second}/releases`)).json['items'] as Release[];
  const rollback = await service.call('POST', `/api/v2/deployments/${second}/rollback`, {});
  const back = await service.waitFor(second, 'ROLLED_BACK', 'ROLLBACK_FAILED', 'EXPOSED');
  await service.settle('shop');
  const answers = await load.stop();

  assert.deepEqual([exposed.external_url, exposed.is_current, rested.status, rested.is_current], [url, true, 'STOPPED', false]);
  assert.deepEqual([set.status, JSON.stringify(set.json).includes('older')], [200, false]);
  assert.deepEqual(
    releases.map(({ number, is_current: isCurrent, variables }) => [number, isCurrent, variables]),
    [
      [3, true, ['SETTING', 'TOKEN']],
      [2, false, ['SETTING', 'TOKEN']],
      [1, false, ['SETTING']],
    ],
  );
  assert.deepEqual([rollback.status, back.status], [202, 'ROLLED_BACK'], JSON.stringify(back.last_error));
  assert.deepEqual([(await service.get(first)).status, (await service.get(first)).is_current], ['EXPOSED', true]);
  assert.deepEqual(ofSecond, { status: 200, text: 'new newer-token two ' });
  assert.deepEqual(await service.ask('shop'), { status: 200, text: 'old older-token one ' });
  assert.deepEqual([...answers.keys()].sort(), ['200 new newer-token two ', '200 old older-token one ']);
  assert.deepEqual(await service.listRemains('shop'), []);
}
