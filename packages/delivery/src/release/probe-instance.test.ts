import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findFreePort } from '@deployguard/testkit';
import type { Instance, InstanceState, Target } from '../targets/target.ts';
import { probeInstance } from './probe-instance.ts';

const health = { path: '/', attempts: 2, intervalMs: 10, timeoutMs: 1000 };

/** Where the instance is not reached, though it is said to listen. */
async function probe(kind: Target['kind'], state: Partial<InstanceState>): Promise<unknown> {
  const port = await findFreePort();
  const target = { kind, inspect: async () => ({ status: 'running', restarts: 0, listeningPorts: [port], ...state }) };
  const instance = { id: 'run-1', address: { host: '127.0.0.1', port } };
  const { signal } = new AbortController();
  return probeInstance(target as unknown as Target, instance as Instance, health, { hostName: 'sample', signal }).catch(
    (error: unknown) => error,
  );
}

test('a container that listens where nothing from outside gets is told apart from one that the engine does not lead to', async () => {
  const loopback = (await probe('container', { isUnreachable: true })) as Error;
  const lost = (await probe('container', {})) as Error;
  const unseen = (await probe('container', { listeningPorts: undefined } as object)) as Error;
  const process = (await probe('process', {})) as Error;

  const told = [loopback, lost, unseen, process].map((error) => [
    (error as Error & { code: string }).code,
    (error as Error & { fault: string }).fault,
  ]);
  assert.deepEqual(told, [
    ['LOOPBACK_ONLY', 'application'],
    ['PORT_UNREACHABLE', 'engine'],
    ['UNHEALTHY', 'application'],
    ['UNHEALTHY', 'application'],
  ]);
  assert.match(loopback.message, /0\.0\.0\.0/);
  assert.match(lost.message, /Deploy again/);
});
