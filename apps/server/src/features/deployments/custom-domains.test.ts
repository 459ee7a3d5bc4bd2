import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import type { Application } from '@deployguard/contracts';
import { anApplication, quickly } from '../../../test/an-application.ts';
import { openTestApp } from '../../../test/open-test-app.ts';
import { startDeploymentsService } from '../../../test/start-deployments-service.ts';
import type { DeploymentsService } from '../../../test/start-deployments-service.ts';
import { createResource } from '../../../test/test-resources.ts';

const limit = { timeout: 240_000 };
let service: DeploymentsService;

before(async () => {
  service = await startDeploymentsService({
    environment: { DEPLOYGUARD_AUTH_API_KEYS: 'true', DEPLOYGUARD_DEPLOYMENTS_CUSTOM_DOMAINS: 'true' },
  });
  await service.startWorker();
});
after(() => service.stop());

/** What the router answers to whoever asks for the host. */
function askHost(host: string): Promise<{ readonly status: number; readonly text: string }> {
  const { routerHost, routerPort: port } = service.platform.config.deployments;
  return new Promise((resolve, reject) => {
    request({ host: routerHost, port, headers: { host } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode!, text })).on('error', reject);
    })
      .on('error', reject)
      .end();
  });
}

async function deploy(name: string): Promise<Application> {
  const id = await service.deploy(name, anApplication(name), { config: { application: quickly } });
  const { status, last_error: error } = await service.waitFor(id, 'EXPOSED', 'FAILED');
  assert.equal(status, 'EXPOSED', JSON.stringify(error));
  return (await service.settle(name))!;
}

test('users find an application by host names of its own, and no more by one that was taken away', limit, async () => {
  const [shop, other] = [await deploy('shop'), await deploy('other')];
  const mallory = await service.app.asUser('mallory');
  const set = async ({ id, name }: Application, domains: readonly string[], headers = {}) => {
    const answer = await service.call('PUT', `/api/v2/applications/${id}/domains`, { domains }, headers);
    await service.settle(name);
    return answer;
  };

  const first = await set(shop, ['Shop.Example.com', 'www.example.com.', 'shop.example.com']);
  const led = [await askHost('shop.example.com'), await askHost('www.example.com:8080'), await askHost('shop.localhost')];
  const fewer = await set(shop, ['shop.example.com']);
  const kept = [await askHost('shop.example.com'), await askHost('www.example.com')];
  const taken = await set(other, ['new.example.com', 'shop.example.com']);
  const ofUs = [await set(shop, ['localhost']), await set(shop, ['other.localhost']), await set(shop, ['deep.OTHER.localhost'])];
  const foreign = await set(shop, ['mine.example.com'], mallory);
  const unchanged = [await askHost('new.example.com'), await askHost('shop.example.com'), await askHost('other.localhost')];
  const { json: shown } = await service.call('GET', `/api/v2/applications/${shop.id}`);
  const moved = [await set(shop, []), await set(other, ['shop.example.com'])];
  const after = await askHost('shop.example.com');
  await service.call('DELETE', `/api/v2/applications/${other.id}`);
  await service.settle('other');
  const gone = await askHost('shop.example.com');

  assert.deepEqual([first.status, first.json], [200, { domains: ['shop.example.com', 'www.example.com'] }]);
  for (const answer of led) assert.deepEqual(answer, { status: 200, text: 'shop ' });
  assert.deepEqual([fewer.status, fewer.json], [200, { domains: ['shop.example.com'] }]);
  assert.deepEqual([kept[0], kept[1]!.status], [{ status: 200, text: 'shop ' }, 404]);
  assert.deepEqual([taken.status, taken.json['detail']], [409, 'shop.example.com leads to another application.']);
  assert.deepEqual(
    ofUs.map(({ status }) => status),
    [422, 422, 422],
  );
  assert.match(ofUs[2]!.text, /holds deep\.other\.localhost, which is given out by the service itself/);
  assert.equal(foreign.status, 404);
  assert.deepEqual([unchanged[0]!.status, ...unchanged.slice(1).map(({ text }) => text)], [404, 'shop ', 'other ']);
  assert.deepEqual(shown['domains'], ['shop.example.com']);
  assert.deepEqual(
    moved.map(({ status }) => status),
    [200, 200],
  );
  assert.deepEqual([after, gone.status], [{ status: 200, text: 'other ' }, 404]);
});

test('where a service has several users, they choose host names only when its operator lets them', limit, async () => {
  const put = async (environment: Readonly<Record<string, string>>, domains: readonly string[]): Promise<[number, string]> => {
    const app = await openTestApp({ environment });
    try {
      const { id } = await createResource(app, '/api/v2/applications', 'alice');
      const headers = { ...(await app.asUser('alice')), 'content-type': 'application/json' };
      const body = JSON.stringify({ domains });
      const answer = await fetch(`${app.url}/api/v2/applications/${id}/domains`, { method: 'PUT', headers, body });
      return [answer.status, await answer.text()];
    } finally {
      await app.close();
    }
  };
  const several = { DEPLOYGUARD_AUTH_API_KEYS: 'true' };

  const [refused, reason] = await put(several, ['shop.example.com']);
  const [none] = await put(several, []);
  const [allowed] = await put({ ...several, DEPLOYGUARD_DEPLOYMENTS_CUSTOM_DOMAINS: 'true' }, ['shop.example.com']);
  const [alone] = await put({}, ['shop.example.com']);

  assert.deepEqual([refused, none, allowed, alone], [409, 200, 200, 200]);
  assert.match(reason, /The operator of this service does not let users choose host names \(deployments\.customDomains\)\./);
});
