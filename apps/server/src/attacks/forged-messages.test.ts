import assert from 'node:assert/strict';
import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startTestServices } from '@deployguard/testkit';
import { Redis } from 'ioredis';
import { aKind, startTestService } from '../../test/start-test-service.ts';
import { openRedisDoorbell } from '../platform/queue/redis-doorbell.ts';
import { startWorker } from '../platform/tasks/index.ts';

test('T6 a message rings and says nothing: kind, tenant, input and queue of a task are those of its row', { timeout: 60_000 }, async () => {
  await using services = await startTestServices(['redis']);
  const url = services.environment['REDIS_URL']!;
  const prefix = `test-${randomBytes(6).toString('hex')}`;
  const service = await startTestService({ hasRelay: false });
  const doorbell = await openRedisDoorbell(url, { prefix });
  const [kind, dangerous] = [aKind(), aKind({ queue: 'push' })];
  const ran: unknown[] = [];
  const record = (name: string) => async (input: unknown, context: { tenantId: string }) =>
    void ran.push({ name, input, tenantId: context.tenantId });
  const taskId = await service.enqueue(kind, { is: 'true' });
  const next = await service.enqueue(kind, { is: 'next' });
  const client = new Redis(url);
  const stream = `${prefix}:queue:scan`;
  await doorbell.ring({ taskId: next, kind: kind.kind, queue: 'scan' });
  for (const message of [
    { taskId, kind: dangerous.kind, queue: 'push', input: { is: 'forged' }, tenantId: randomUUIDv7(), attempt: 99 },
    { taskId: randomUUIDv7(), kind: dangerous.kind, queue: 'push' },
    { taskId: `${taskId}' or true --`, kind: kind.kind, queue: 'scan' },
    { taskId: [taskId], kind: kind.kind, queue: 'scan' },
    { kind: kind.kind },
  ])
    await client.xadd(stream, '*', 'message', JSON.stringify(message));

  const worker = await startWorker({
    database: service.database,
    databaseUrl: service.database.url,
    doorbell,
    definitions: [
      { ...kind, handle: record('kind') },
      { ...dangerous, handle: record('dangerous') },
    ],
  });
  for (const id of [taskId, next]) await service.waitFor(id, 'succeeded');
  // A message that is no longer there was looked at.
  while ((await client.xlen(stream)) > 0) await delay(20);
  await worker.stop({ graceSeconds: 1 });
  await Promise.all([client.quit(), doorbell.close()]);
  const { tenantId } = service.database;
  await service.stop();

  const byInput = ran.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
  assert.deepEqual(byInput, [
    { name: 'kind', input: { is: 'next' }, tenantId },
    { name: 'kind', input: { is: 'true' }, tenantId },
  ]);
});
