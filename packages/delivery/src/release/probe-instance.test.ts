import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { findFreePort, getTestCertificate } from '@deployguard/testkit';
import type { Instance, InstanceState, Target } from '../targets/target.ts';
import { probeInstance } from './probe-instance.ts';

const health = { path: '/', attempts: 2, intervalMs: 10, timeoutMs: 1000 };

/** What each attempt of the last probe found. */
const heard: string[] = [];

/** Where the instance is not reached, though it is said to listen. */
async function probe(kind: Target['kind'], state: Partial<InstanceState>, at?: number): Promise<unknown> {
  const port = at ?? (await findFreePort());
  const logs = async function* (): AsyncGenerator<never> {};
  const target = { kind, logs, inspect: async () => ({ status: 'running', restarts: 0, listeningPorts: [port], ...state }) };
  const instance = { id: 'run-1', address: { host: '127.0.0.1', port } };
  const { signal } = new AbortController();
  heard.length = 0;
  const onAttempt = (_: number, finding: string): number => heard.push(finding);
  return probeInstance(target as unknown as Target, instance as Instance, health, { hostName: 'sample', signal, onAttempt }).catch(
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

test('an application that listens elsewhere is told so at each attempt, and what it could run in', async () => {
  const port = await findFreePort();
  const process = (await probe('process', { listeningPorts: [3000, 9229] }, port)) as Error;
  const [first] = heard;
  const container = (await probe('container', { listeningPorts: [3000] }, port)) as Error;

  assert.equal(first, `it listens on port 3000, 9229, and not on ${port}, which PORT names`);
  assert.match(process.message, /listens on port 3000, 9229, but .* PORT names\. .*deployments\.target: container/);
  assert.doesNotMatch(container.message, /deployments\.target/);
});

test('what listens by IPv6 alone, or speaks TLS, is told so', async () => {
  const { key, certificate: cert } = await getTestCertificate();
  const servers = [createPlainServer().listen(0, '::1'), createServer({ key, cert }).listen(0, '127.0.0.1')];
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  try {
    const six = (await probe('process', { listeningPorts: ports }, ports[0])) as Error;
    const encrypted = (await probe('process', { listeningPorts: ports }, ports[1])) as Error;

    assert.match(six.message, /not at 127\.0\.0\.1\. Let it listen on all addresses: 0\.0\.0\.0/);
    assert.match(encrypted.message, /speaks TLS on its port\. Let it speak HTTP/);
  } finally {
    for (const server of servers) server.close();
  }
});
