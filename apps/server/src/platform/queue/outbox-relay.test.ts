import assert from 'node:assert/strict';
import { after, beforeEach, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { aKind, startTestService } from '../../../test/start-test-service.ts';
import type { TestService } from '../../../test/start-test-service.ts';
import { redriveTask } from '../tasks/index.ts';
import { DoorbellDown, startOutboxRelay } from './index.ts';
import type { Doorbell, TaskMessage } from './index.ts';

let service: TestService;
before(async () => void (service = await startTestService({ hasRelay: false })));
beforeEach(() => service.database.query('delete from tasks'));
after(() => service.stop());

const limit = { timeout: 180_000 };

test('two relays ring once for each task', limit, async () => {
  const { doorbell, rung } = createRecorder();
  const ids: string[] = [];
  for (let number = 0; number < 30; number++) ids.push(await service.enqueue(aKind()));

  const relays = await Promise.all([1, 2].map(() => startOutboxRelay({ database: service.database, doorbell })));
  for (let number = 0; number < 30; number++) ids.push(await service.enqueue(aKind()));
  await until(async () => (await countOutbox()) === 0);

  await Promise.all(relays.map((relay) => relay.stop()));
  assert.deepEqual(rung.map(({ taskId }) => taskId).toSorted(), ids.toSorted());
});

test('what the broker did not confirm is rung for again when it is back', limit, async () => {
  const { doorbell, rung, setDown } = createRecorder();
  const errors: unknown[] = [];
  setDown(true);
  const id = await service.enqueue(aKind());
  const relay = await startOutboxRelay({ database: service.database, doorbell, onError: (error) => errors.push(error) });
  await until(() => errors.length >= 2);

  const waiting = await countOutbox();
  setDown(false);
  await until(() => rung.length > 0);

  await relay.stop();
  assert.equal(waiting, 1);
  assert.ok(errors[0] instanceof DoorbellDown);
  assert.deepEqual([rung.map(({ taskId }) => taskId), await countOutbox()], [[id], 0]);
});

test('what a relay that died had taken is rung for by another', limit, async () => {
  const { doorbell, rung } = createRecorder();
  const [taken, forgotten] = [await service.enqueue(aKind()), await service.enqueue(aKind())];
  await service.database.query(`update outbox set taken_until = now() + interval '1 minute' where id = $1`, [taken]);
  await service.database.query(`update outbox set taken_until = now() - interval '1 second' where id = $1`, [forgotten]);

  const relay = await startOutboxRelay({ database: service.database, doorbell });
  await until(() => rung.length > 0);

  await relay.stop();
  assert.deepEqual([rung.map(({ taskId }) => taskId), await countOutbox()], [[forgotten], 1]);
});

test('a task that is tried again while its doorbell of before is being rung is rung for once more', limit, async () => {
  const { doorbell, rung } = createRecorder();
  const hears = Promise.withResolvers<void>();
  const answers = Promise.withResolvers<void>();
  const slow = {
    async ring(message: TaskMessage) {
      hears.resolve();
      await answers.promise;
      await doorbell.ring(message);
    },
  } as Doorbell;
  const id = await service.enqueue(aKind());
  await service.database.query(`update tasks set state = 'dead' where id = $1`, [id]);
  const relay = await startOutboxRelay({ database: service.database, doorbell: slow });
  await hears.promise;

  // Whoever is told now finds a dead task.
  await service.database.asTenant(service.database.tenantId, (tx) => redriveTask(tx, id));
  answers.resolve();
  await until(async () => (await countOutbox()) === 0);

  await relay.stop();
  assert.deepEqual(
    rung.map(({ taskId }) => taskId),
    [id, id],
  );
});

/** A broker that writes down what it hears. */
function createRecorder(): { doorbell: Doorbell; rung: TaskMessage[]; setDown(isDown: boolean): void } {
  const rung: TaskMessage[] = [];
  let isDown = false;
  const ring = async (message: TaskMessage): Promise<void> => {
    if (isDown) throw new DoorbellDown('The broker', 'it is away');
    rung.push(message);
  };
  return { doorbell: { ring } as Doorbell, rung, setDown: (value) => void (isDown = value) };
}

async function countOutbox(): Promise<number> {
  const [row] = await service.database.query<{ count: number }>('select count(*)::integer as count from outbox');
  return row!.count;
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(5);
}
