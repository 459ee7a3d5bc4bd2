import assert from 'node:assert/strict';
import { after, beforeEach, before, test } from 'node:test';
import { aKind, startTestService } from '../../../test/start-test-service.ts';
import type { TestService } from '../../../test/start-test-service.ts';
import { DoorbellDown } from '../queue/index.ts';
import type { Doorbell } from '../queue/index.ts';
import { claimTasks } from './claim-tasks.ts';
import { measureQueues } from './index.ts';
import { reapTasks } from './reap-tasks.ts';
import { republishTasks } from './republish-tasks.ts';

let service: TestService;
before(async () => void (service = await startTestService({ hasRelay: false })));
beforeEach(() => service.database.query('delete from tasks'));
after(() => service.stop());

const limit = { timeout: 180_000 };
const backoff = { baseSeconds: 1000, longestSeconds: 3000 };

test('a task whose worker vanished waits longer each time', limit, async () => {
  const id = await service.enqueue(aKind());
  const waits: number[] = [];

  for (let round = 1; round <= 2; round++) {
    await loseWorker(id);
    await reapTasks({ database: service.database, definitions: [], backoff });
    const [row] = await service.database.query<{ seconds: number }>(
      'select extract(epoch from run_at - now())::float8 as seconds from tasks where id = $1',
      [id],
    );
    waits.push(row!.seconds);
  }

  assert.ok(waits[0]! > 490 && waits[0]! <= 1000, `${waits[0]} s`);
  assert.ok(waits[1]! > 990 && waits[1]! <= 2000, `${waits[1]} s`);
});

test('a task that was to be cancelled when its worker vanished is cancelled', limit, async () => {
  const id = await service.enqueue(aKind());
  await loseWorker(id);
  await service.database.query('update tasks set cancel_requested_at = now() where id = $1', [id]);

  await reapTasks({ database: service.database, definitions: [], backoff });

  assert.equal((await service.getTask(id)).state, 'cancelled');
});

test('a task that cannot be ended holds up no other, and stays as it is', limit, async () => {
  const kind = aKind();
  const broken = await service.enqueue(kind);
  const other = await service.enqueue(aKind());
  await loseWorker(broken);
  await loseWorker(other);
  await service.database.query("update tasks set lost_leases = 2, lease_until = lease_until - interval '1 minute' where id = $1", [broken]);
  const definition = { ...kind, handle: async () => {}, ended: () => Promise.reject(new Error('does not work')) };

  await assert.rejects(reapTasks({ database: service.database, definitions: [definition], backoff }), /1 of 2 tasks/);

  assert.equal((await service.getTask(broken)).state, 'running');
  assert.equal((await service.getTask(other)).state, 'queued');
});

test('a claim takes over a lease that ran out, but leaves the third loss to the reaper', limit, async () => {
  const kind = aKind();
  const id = await service.enqueue(kind);
  const claimant = { owner: 'a worker', kinds: [kind.kind], leaseSeconds: 60 };
  const claim = (): Promise<number | undefined> =>
    service.database.asSystem(async (tx) => (await claimTasks(tx, [id], claimant))[0]?.attempt);

  const first = await claim();
  const refused = await claim();
  await expireLease(id);
  const second = await claim();
  await expireLease(id);
  const third = await claim();
  await expireLease(id);
  const fourth = await claim();

  assert.deepEqual([first, refused, second, third, fourth], [1, undefined, 2, 3, undefined]);
});

test('a task is announced once, again after a minute where nothing waits, and much later where others do', limit, async () => {
  const ids = await Promise.all([service.enqueue(aKind({ queue: 'scan' })), service.enqueue(aKind({ queue: 'push' }))]);
  const doorbell = { depth: async () => ({ deployguard: 0, deploy: 0, scan: 7, clean: 0, import: 0, push: 0 }) } as Doorbell;
  const republish = async (seconds: number): Promise<string[]> => {
    await service.database.query('delete from outbox');
    await service.database.query('update tasks set rung_at = now() - make_interval(secs => $1)', [seconds]);
    await republishTasks({ database: service.database, doorbell });
    return (await service.database.query<{ queue: string }>('select queue from outbox order by queue')).map(({ queue }) => queue);
  };

  assert.equal(ids.length, 2);
  assert.deepEqual(await republish(50), []);
  assert.deepEqual(await republish(70), ['push']);
  assert.deepEqual(await republish(3700), ['push', 'scan']);
});

test('while the broker is away only what is due for the first time is written down', limit, async () => {
  await service.enqueue(aKind(), {}, { delaySeconds: 60 });
  const due = await service.enqueue(aKind());
  const late = await service.enqueue(aKind());
  await service.database.query('delete from outbox');
  await service.database.query('update tasks set rung_at = null where id = $1', [due]);
  await service.database.query(`update tasks set rung_at = now() - interval '10 minutes' where id = $1`, [late]);
  const doorbell = { depth: () => Promise.reject(new DoorbellDown('The broker', 'it is away')) } as unknown as Doorbell;

  await republishTasks({ database: service.database, doorbell });

  assert.deepEqual(await service.database.query('select id from outbox'), [{ id: due }]);
});

test('queues are measured by what is not done', limit, async () => {
  const [old] = [await service.enqueue(aKind({ queue: 'clean' })), await service.enqueue(aKind({ queue: 'clean' }))];
  await service.database.query(`update tasks set run_at = now() - interval '1 hour' where id = $1`, [old]);

  const measures = await measureQueues(service.database);

  assert.deepEqual(
    measures.map(({ oldestSeconds, ...measure }) => ({ ...measure, oldestMinutes: Math.round(oldestSeconds / 60) })),
    [{ queue: 'clean', state: 'queued', count: 2, oldestMinutes: 60 }],
  );
});

async function loseWorker(id: string): Promise<void> {
  await service.database.query(
    `update tasks set state = 'running', attempt = attempt + 1, lease_owner = 'gone', lease_until = now() - interval '1 second' where id = $1`,
    [id],
  );
}

async function expireLease(id: string): Promise<void> {
  await service.database.query(`update tasks set lease_until = now() - interval '1 second' where id = $1`, [id]);
}
