import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Instance, InstanceState, Target } from '../targets/target.ts';
import { observeInstances } from './observe-instances.ts';

/** Nothing takes a connection of port 1. */
const instance: Instance = {
  id: 'one',
  application: 'app',
  release: 'first',
  address: { host: '127.0.0.1', port: 1 },
  startedAt: '2026-01-01T00:00:00Z',
  handle: { pid: 1, startTicks: 0 },
};

/** All that watching asks of a target. */
function aTarget(state: InstanceState): Target {
  const logs: Target['logs'] = async function* () {
    yield { at: '2026-01-01T00:00:00Z', stream: 'stderr', text: 'no database' };
  };
  return { kind: 'process', inspect: async () => state, logs } as Partial<Target> as Target;
}

function watch(state: InstanceState): Promise<void> {
  const health = { path: '/', attempts: 1, intervalMs: 100, timeoutMs: 5000 };
  return observeInstances(aTarget(state), [instance], health, {
    durationMs: 60_000,
    hostName: 'app.localhost',
    signal: new AbortController().signal,
  });
}

test('what does not answer any more is unhealthy', { timeout: 60_000 }, async () => {
  await assert.rejects(watch({ status: 'running', restarts: 0 }), { code: 'UNHEALTHY' });
});

test('what takes connections and never answers is unhealthy, however short it is watched', { timeout: 60_000 }, async (t) => {
  const silent = await listen(t, () => {});

  await assert.rejects(watchBriefly(silent), { code: 'UNHEALTHY', message: /does not answer within 300 ms/ });
});

test('what answers late once is healthy when it answers the next time', { timeout: 60_000 }, async (t) => {
  let asked = 0;
  const late = await listen(t, (_, response) => {
    if (++asked > 1) response.end();
  });

  await watchBriefly(late);

  assert.equal(asked, 2);
});

test('instances of which one or the other does not answer well at each look are unhealthy', { timeout: 30_000 }, async (t) => {
  const answerEverySecond = (first: number): RequestListener => {
    let asked = first;
    return (_, response) => response.writeHead(asked++ % 2 === 0 ? 200 : 503).end();
  };
  const watched = [await listen(t, answerEverySecond(0)), { ...(await listen(t, answerEverySecond(1))), id: 'two' }];

  await assert.rejects(watchBriefly(...watched), { code: 'UNHEALTHY', message: /only now and then: \/ answers with status 503/ });
});

async function listen(t: TestContext, answer: RequestListener): Promise<Instance> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return { ...instance, address: { host: '127.0.0.1', port: (server.address() as AddressInfo).port } };
}

function watchBriefly(...watched: readonly Instance[]): Promise<void> {
  const health = { path: '/', attempts: 1, intervalMs: 100, timeoutMs: 300 };
  const options = { durationMs: 200, hostName: 'app.localhost', signal: new AbortController().signal };
  return observeInstances(aTarget({ status: 'running', restarts: 0 }), watched, health, options);
}

test(
  'what had ended before it was first looked at, and does not answer yet, has crashed; the last that it printed is told',
  { timeout: 60_000 },
  async () => {
    const lastExit = { exitCode: 3, reason: 'exit', at: '2026-01-01T00:00:01Z' } as const;

    await assert.rejects(watch({ status: 'running', restarts: 1, lastExit }), { code: 'CRASHED', message: /exit code 3.*no database/ });
  },
);
