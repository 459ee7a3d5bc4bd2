import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { aKind, startTestService } from '../../../test/start-test-service.ts';
import type { TestService } from '../../../test/start-test-service.ts';
import { performDuty } from './duty.ts';
import type { Duty } from './index.ts';
import { forgetTasks } from './forget-tasks.ts';
import { acquireLease, releaseLease } from './leader-lease.ts';

let service: TestService;
before(async () => void (service = await startTestService()));
after(() => service.stop());

const limit = { timeout: 180_000 };

test('of several schedulers one leads, and another follows when it stops', limit, async () => {
  const schedulers = [1, 2, 3].map(() => service.startScheduler({ leaseSeconds: 2 }));
  await until(() => schedulers.some((scheduler) => scheduler.isLeader()));

  const leaders = schedulers.filter((scheduler) => scheduler.isLeader());
  const others = schedulers.filter((scheduler) => !scheduler.isLeader());
  await leaders[0]!.stop();
  await until(() => others.some((scheduler) => scheduler.isLeader()));

  assert.equal(leaders.length, 1);
  assert.equal(others.filter((scheduler) => scheduler.isLeader()).length, 1);
  await Promise.all(others.map((scheduler) => scheduler.stop()));
});

test('a lease goes to another only when it ran out, with a higher term', limit, async () => {
  const { database } = service;
  const request = { name: 'a lease', leaseSeconds: 60 };

  const first = await acquireLease(database, { ...request, holder: 'a' });
  const refused = await acquireLease(database, { ...request, holder: 'b' });
  const renewed = await acquireLease(database, { ...request, holder: 'a' });
  await database.asSystem((tx) => sql`update leases set lease_until = now() - interval '1 second' where id = 'a lease'`.execute(tx));
  const next = await acquireLease(database, { ...request, holder: 'b' });
  await releaseLease(database, { name: 'a lease', holder: 'a' });
  const stillHeld = await acquireLease(database, { ...request, holder: 'a' });

  assert.deepEqual([first, refused, renewed, next, stillHeld], [1, undefined, 1, 2, undefined]);
});

test('a leader that cannot reach the database stops its duties and leads no more', limit, async () => {
  const begun = Promise.withResolvers<AbortSignal>();
  const duty: Duty = {
    name: 'endless',
    everySeconds: 1,
    async run(signal) {
      begun.resolve(signal);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  };
  let isAway = false;
  const database = {
    ...service.database,
    asSystem: ((work) =>
      isAway ? Promise.reject(new Error('away')) : service.database.asSystem(work)) as TestService['database']['asSystem'],
  };
  const scheduler = service.startScheduler({ database, duties: [duty], leaseSeconds: 1.5 });
  const signal = await begun.promise;

  isAway = true;
  await new Promise((resolve) => signal.addEventListener('abort', resolve));

  assert.equal(scheduler.isLeader(), false);
  isAway = false;
  await scheduler.stop();
});

test('an hourly duty runs once an hour, whoever leads', limit, async () => {
  let runs = 0;
  const duty: Duty = { name: 'hourly', everySeconds: 3600, run: async () => void runs++ };

  const performed = await Promise.all([1, 2, 3].map(() => performDuty(service.database, duty, AbortSignal.timeout(5000))));

  const [row] = await service.database.query<{ minutes: number }>(
    `select extract(minute from next_run_at at time zone 'UTC')::integer as minutes from duties where id = 'hourly' and next_run_at > now()`,
  );
  assert.equal(runs, 1);
  assert.deepEqual(performed.toSorted(), [false, false, true]);
  assert.equal(row?.minutes, 0);
});

test('a duty that fails is due again in a few minutes, and what it said is kept', limit, async () => {
  const duty: Duty = { name: 'failing', everySeconds: 86_400, run: () => Promise.reject(new Error('with details')) };

  await assert.rejects(performDuty(service.database, duty, AbortSignal.timeout(5000)), /with details/);

  const [row] = await service.database.query<{ seconds: number; last_error: { code: string } }>(
    `select extract(epoch from next_run_at - now())::float8 as seconds, last_error from duties where id = 'failing'`,
  );
  assert.ok(row!.seconds > 200 && row!.seconds <= 300);
  assert.equal(row!.last_error.code, 'UNEXPECTED');
});

test('a scheduler goes on with the other duties when one fails', limit, async () => {
  const errors: string[] = [];
  let runs = 0;
  const scheduler = service.startScheduler({
    duties: [
      { name: 'fails', everySeconds: 1, run: () => Promise.reject(new Error('broken')) },
      { name: 'works', everySeconds: 1, run: async () => void runs++ },
    ],
    onError: (_, duty) => errors.push(duty),
  });

  await until(() => runs >= 2 && errors.length >= 2);

  await scheduler.stop();
  assert.deepEqual([...new Set(errors)], ['fails']);
});

test('tasks that ended long ago are forgotten, dead and unfinished ones are not', limit, async () => {
  const ids = await Promise.all(['succeeded', 'dead', 'queued'].map(() => service.enqueue(aKind())));
  const old = `now() - interval '31 days'`;
  await service.database.query(`update tasks set state = 'succeeded', created_at = ${old}, finished_at = ${old} where id = $1`, [ids[0]]);
  await service.database.query(`update tasks set state = 'dead', created_at = ${old}, finished_at = ${old} where id = $1`, [ids[1]]);
  await service.database.query(`update tasks set created_at = ${old} where id = $1`, [ids[2]]);

  const forgotten = await forgetTasks(service.database, { afterDays: 30, deadAfterDays: 90 }, AbortSignal.timeout(5000));

  const left = await service.database.query<{ id: string }>('select id from tasks where id = any($1)', [ids]);
  assert.equal(forgotten, 1);
  assert.deepEqual(left.map(({ id }) => id).toSorted(), ids.slice(1).toSorted());
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(10);
}
