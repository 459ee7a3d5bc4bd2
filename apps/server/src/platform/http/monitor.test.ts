import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { createMetrics } from '../telemetry/index.ts';
import { openMonitor } from './monitor.ts';

const { registry } = createMetrics();
const place = { host: '127.0.0.1', port: 0, registry };

test('a process without API tells its health and metrics, and nothing else', async () => {
  const { url, close } = await openMonitor({ ...place, metricsToken: undefined });

  const health = await fetch(`${url}/health`);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const others = await Promise.all(['/', '/metrics/', '/openapi.json'].map(async (path) => (await fetch(url + path)).status));
  const changed = await fetch(`${url}/health`, { method: 'POST' });

  await close();
  assert.deepEqual(await health.json(), { status: 'healthy' });
  assert.match(metrics, /^process_cpu_seconds_total \d/m);
  assert.deepEqual([...others, changed.status], [404, 404, 404, 404]);
});

test('metrics are for this machine by its own name, which no page of another site can use (DNS rebinding)', async () => {
  const { url, close } = await openMonitor({ ...place, metricsToken: undefined });
  const { port } = new URL(url);

  const statuses = await Promise.all(
    [`127.0.0.1:${port}`, `localhost:${port}`, `evil.example.com:${port}`, '127.0.0.1.evil.example.com'].map(async (host) => {
      const [answer] = (await once(get({ port, host: '127.0.0.1', path: '/metrics', headers: { host } }), 'response')) as [IncomingMessage];
      answer.resume();
      return answer.statusCode;
    }),
  );

  await close();
  assert.deepEqual(statuses, [200, 200, 404, 404]);
});

test('with a token, metrics are for who has it', async () => {
  const metricsToken = 'm'.repeat(20);
  const { url, close } = await openMonitor({ ...place, metricsToken });
  const read = async (headers: Record<string, string>): Promise<number> => (await fetch(`${url}/metrics`, { headers })).status;

  const statuses = [await read({}), await read({ authorization: 'Bearer wrong' }), await read({ authorization: `Bearer ${metricsToken}` })];

  await close();
  assert.deepEqual(statuses, [404, 404, 200]);
});
