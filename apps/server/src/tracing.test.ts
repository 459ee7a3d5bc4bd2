import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { startPart } from '../test/start-part.ts';
import { startTestCluster } from '../test/start-test-cluster.ts';
import { startTraceCollector } from '../test/start-trace-collector.ts';
import { loadKeyring } from './platform/keyring/index.ts';

const [serverKind, consumerKind, internalKind] = [2, 5, 1];

test(
  'a request, the task that it asked for and the process that did it are one trace, which goes on the trace of the caller and tells no secret',
  { timeout: 120_000 },
  async () => {
    await using stack = new AsyncDisposableStack();
    const collector = await startTraceCollector();
    stack.defer(() => collector.close());
    const cluster = await startTestCluster();
    stack.defer(() => cluster.stop());
    const keyring = join(cluster.directory, 'keyring.json');
    await loadKeyring({ file: keyring, mayCreate: true });
    const proof = randomBytes(24).toString('hex');
    const environment = {
      DATABASE_URL: cluster.url,
      DATABASE_MIGRATION_URL: cluster.migrationUrl,
      DEPLOYGUARD_DATA_DIRECTORY: join(cluster.directory, 'data'),
      DEPLOYGUARD_KEYRING_FILE: keyring,
      DEPLOYGUARD_AUTH_GATEWAY_PROOFS: proof,
      PORT: '0',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    };
    const api = await startPart('api', environment);
    stack.defer(async () => void (await api.stop()));
    const worker = await startPart('worker', environment);
    stack.defer(async () => void (await worker.stop()));
    const caller = { traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex') };
    const planted = randomBytes(20).toString('hex');

    const answer = await fetch(`${api.url}/test/work?token=${planted}`, { method: 'POST' });
    const asked = await fetch(`${api.url}/test/work`, {
      method: 'POST',
      headers: {
        traceparent: `00-${caller.traceId}-${caller.spanId}-01`,
        'x-user-id': `user-${planted}`,
        'x-gateway-proof': proof,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ text: planted }),
    });
    const { id } = (await asked.json()) as { id: string };
    const find = (name: string) => collector.spans.find((span) => span.name === name && span.traceId === caller.traceId);
    const names = ['POST /test/work', 'task test-work', 'process child-handler'];
    const findRefused = () => collector.spans.find(({ attributes }) => attributes['http.response.status_code'] === 401);
    while (!names.every(find) || findRefused() === undefined) await delay(50);

    const [request, task, child] = names.map((name) => find(name)!);
    assert.deepEqual([answer.status, asked.status], [401, 202]);
    assert.deepEqual([request!.service, request!.kind, request!.parentSpanId], ['deployguard-api', serverKind, caller.spanId]);
    assert.deepEqual([task!.service, task!.kind, task!.parentSpanId], ['deployguard-worker', consumerKind, request!.spanId]);
    assert.deepEqual([child!.service, child!.kind, child!.parentSpanId], ['deployguard-worker', internalKind, task!.spanId]);
    assert.deepEqual(
      [request, task, child].map((span) => span!.isError),
      [false, false, false],
    );
    assert.equal(request!.attributes['http.response.status_code'], 202);
    assert.equal(task!.attributes['deployguard.task.id'], id);
    assert.equal(task!.attributes['deployguard.task.outcome'], 'succeeded');
    assert.ok(Number(child!.attributes['process.pid']) > 1);
    // Who names no trace begins one.
    const other = findRefused()!;
    assert.deepEqual([other.name, other.parentSpanId], ['POST /test/work', undefined]);
    const text = JSON.stringify(collector.spans);
    assert.ok(!text.includes(planted) && !text.includes(proof));
    const logged = api.log.map((line) => JSON.parse(line) as { traceId?: string });
    assert.ok(logged.some(({ traceId }) => traceId === caller.traceId));
  },
);

test('a collector that is away holds nothing up', { timeout: 120_000 }, async () => {
  await using stack = new AsyncDisposableStack();
  const directory = stack.use(createTemporaryDirectory());
  // The private PostgreSQL runs as another user when the tests run as root.
  chmodSync(directory.path, 0o755);
  const serve = await startPart('serve', {
    DEPLOYGUARD_DATA_DIRECTORY: join(directory.path, 'data'),
    PORT: '0',
    // The port for what is thrown away; nobody listens.
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
  });

  const answers = await Promise.all(Array.from({ length: 20 }, () => fetch(`${serve.url}/api/v2/health`)));
  const { exitCode } = await serve.stop();

  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  assert.equal(exitCode, 0);
});
