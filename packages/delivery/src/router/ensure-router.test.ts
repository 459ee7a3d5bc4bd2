import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { startApplication, writeTestCertificate } from '../../test/router-fixture.ts';
import type { TestContext } from '../../test/router-fixture.ts';
import { isCode } from '../../test/target-conformance.ts';
import { until } from '../../test/until.ts';
import { readProcess } from '../targets/process/process-table.ts';
import { connectRouter } from './connect-router.ts';
import { ensureRouter } from './ensure-router.ts';
import type { RouterOrder } from './ensure-router.ts';

const limit = { timeout: 120_000 };
const anyPort = { host: '127.0.0.1', port: 0 };

function orderIn(context: TestContext): RouterOrder {
  const directory = mkdtempSync(join(tmpdir(), 'deployguard-router-'));
  const order = { listen: anyPort, tablePath: join(directory, 'routes.json'), controlPath: join(directory, 'control') };
  context.after(async () => {
    const router = connectRouter(order);
    const pid = await router.describe().then(
      (description) => description.pid,
      () => undefined,
    );
    if (pid !== undefined) {
      await router.stop();
      await until('the router ends', () => readProcess(pid) === undefined);
    }
    rmSync(directory, { recursive: true, force: true });
  });
  return order;
}

test('a router is started once, in a process of its own, and found from then on', limit, async (context) => {
  const order = orderIn(context);

  const routers = await Promise.all([ensureRouter(order), ensureRouter(order), ensureRouter(order)]);
  const later = await ensureRouter(order);
  const pids = await Promise.all([...routers, later].map(async (router) => (await router.describe()).pid));

  assert.equal(new Set(pids).size, 1);
  assert.notEqual(pids[0], process.pid);
});

test('a router that can write nothing any more, not even that, goes on', limit, async (context) => {
  const order = orderIn(context);
  symlinkSync('/dev/full', join(dirname(order.tablePath), 'router.log'));
  const router = await ensureRouter(order);
  const hosts = ['shop.localhost', 'blog.localhost'];
  for (const host of hosts) await router.setRoute({ host, application: 'shop', release: 'one', upstreams: [] });
  const { pid } = await router.describe();
  symlinkSync('/dev/full', `${order.tablePath}.new`);

  for (const host of hosts) await router.removeRoute(host);

  assert.deepEqual(await router.listRoutes(), []);
  assert.equal((await router.describe()).pid, pid);
});

test('a router that was killed is there again with its routes', limit, async (context) => {
  const order = orderIn(context);
  const first = await ensureRouter(order);
  await first.setRoute({ host: 'shop.localhost', application: 'shop', release: 'one', upstreams: [] });
  const { pid } = await first.describe();

  process.kill(pid, 'SIGKILL');
  await until('it is gone', () => readProcess(pid) === undefined);
  const second = await ensureRouter(order);

  assert.notEqual((await second.describe()).pid, pid);
  assert.deepEqual(
    (await second.listRoutes()).map(({ host }) => host),
    ['shop.localhost'],
  );
});

test('a router that listens elsewhere than is wanted now is replaced', limit, async (context) => {
  const order = orderIn(context);
  const first = await (await ensureRouter(order)).describe();

  const second = await (await ensureRouter({ ...order, listen: { host: '127.0.0.2', port: 0 } })).describe();

  assert.notEqual(second.pid, first.pid);
  assert.equal(second.listen.host, '127.0.0.2');
});

test('a router gets certificates when they are wanted, and is the same as long as they are', limit, async (context) => {
  const order = orderIn(context);
  const { files } = await writeTestCertificate(context);
  const secure = { listen: anyPort, certificates: [files], isWantedByAll: true };
  const first = await (await ensureRouter(order)).describe();

  const second = await (await ensureRouter({ ...order, secure })).describe();
  const third = await (await ensureRouter({ ...order, secure })).describe();
  const fourth = await (await ensureRouter(order)).describe();

  assert.equal(first.secure, undefined);
  assert.notEqual(second.pid, first.pid);
  assert.deepEqual([second.secure?.certificates, second.secure?.isWantedByAll], [[files], true]);
  assert.equal(third.pid, second.pid);
  assert.deepEqual([fourth.pid === third.pid, fourth.secure], [false, undefined]);
});

test('a router is started anew when it is to believe other proxies', limit, async (context) => {
  const order = orderIn(context);
  const first = await (await ensureRouter({ ...order, trustedProxies: ['127.0.0.1'] })).describe();

  const second = await (await ensureRouter({ ...order, trustedProxies: ['127.0.0.1'] })).describe();
  const third = await (await ensureRouter(order)).describe();

  assert.equal(second.pid, first.pid);
  assert.deepEqual([third.pid === second.pid, third.trustedProxies], [false, undefined]);
});

test('a port that another program has is named', limit, async (context) => {
  const order = orderIn(context);
  const other = await startApplication(context, (_, response) => response.end());

  await assert.rejects(
    ensureRouter({ ...order, listen: other.address }),
    (error) => isCode('ROUTER_UNREACHABLE')(error) && new RegExp(`port ${other.address.port}: another program`).test(String(error)),
  );
});
