import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import type { Order } from '../../../test/child-handler.ts';
import { runInChild, standBy, TaskError } from './index.ts';
import type { TaskContext, TaskErrorCode } from './index.ts';
import { serializeError } from '../telemetry/serialize-error.ts';

const handler = new URL('../../../test/child-handler.ts', import.meta.url);
const limit = { timeout: 180_000 };

test('a child reports, sees nothing of the environment, and its result comes back', limit, async () => {
  const { context, reports } = createContext();

  const result = await runChild({ do: 'report' }, context);

  assert.deepEqual(result, { attempt: 7, environment: ['PATH'] });
  assert.deepEqual(reports, [[50, 'half'], 'a line']);
});

test('an error of ours keeps its code and its words', limit, async () => {
  const { context } = createContext();

  await assert.rejects(runChild({ do: 'fail' }, context), { code: 'TIME_LIMIT', message: 'It took too long.' });
});

test('of any other error only its kind and the place come back, for the log', limit, async () => {
  const { context } = createContext();

  const error = await runChild({ do: 'fail-unexpectedly' }, context).then(
    () => assert.fail(),
    (thrown: Error & { code?: string }) => thrown,
  );

  const logged = JSON.stringify(serializeError(error));
  assert.equal(error.code, 'UNEXPECTED');
  assert.match(logged, /child-handler\.ts.*"type":"SyntaxError"/);
  assert.doesNotMatch(logged + error.stack, /what-was/);
});

test('a child that ends without a result has failed', limit, async () => {
  const { context } = createContext();

  await assert.rejects(runChild({ do: 'vanish' }, context), hasCode('CHILD_FAILED', /exit code 3/));
});

test('a child that stands by is given its order later, and ends when there is none', limit, async () => {
  const { context } = createContext();
  const child = standBy(handler);
  await delay(500);
  assert.deepEqual(await child.run({ do: 'report' } satisfies Order, context), { attempt: 7, environment: ['PATH'] });

  const unused = standBy(handler);
  await unused[Symbol.asyncDispose]();
  await assert.rejects(
    unused.run({ do: 'report' } satisfies Order, context),
    hasCode('CHILD_FAILED', /without a result|before it was done/),
  );
});

test('a child that does not come up is not waited for without end', limit, async () => {
  const { context } = createContext();
  const endless = new URL(`data:text/javascript,${encodeURIComponent('for (;;);')}`);

  await assert.rejects(runInChild(endless, {}, context, { startSeconds: 1 }), hasCode('CHILD_FAILED', /did not begin within 1 s/));
});

test('what a child cannot load is told when it is given its order', limit, async () => {
  const { context } = createContext();
  await using child = standBy(new URL('./there-is-no-such-module.ts', import.meta.url));
  await delay(500);

  await assert.rejects(child.run({ do: 'report' } satisfies Order, context), { code: 'UNEXPECTED' });
});

for (const [what, order, limits, message] of [
  ['computes without end', 'block', { cpuSeconds: 5 }, /processor time/],
  ['writes without end', 'fill-file', { fileSizeBytes: 1_000_000 }, /larger file/],
  ['fills its heap', 'fill-heap', { dataBytes: 1_400_000_000 }, /more memory/],
  ['fills memory beside its heap', 'fill-buffers', { dataBytes: 2_000_000_000 }, /more memory/],
] as const) {
  test(`G15 a child that ${what} is stopped by the kernel, and the error says why`, { timeout: 180_000 }, async () => {
    const { context, reports } = createContext();

    await assert.rejects(runInChild(handler, { do: order }, context, { limits }), { code: 'LIMIT_EXCEEDED', message });

    assert.equal(reports.length, 1);
  });
}

test('an aborted child may come to an end by itself', limit, async () => {
  const { context, reports, abort } = createContext();
  const running = runChild({ do: 'wait' }, context);
  await until(() => reports.length > 0);

  abort(new TaskError('TASK_CANCELLED', 'The task was cancelled.'));

  await assert.rejects(running, hasCode('TASK_CANCELLED', /cancelled/));
});

test('a child whose lease is lost dies with all it has started, busy as it is', limit, async () => {
  const { context, reports, abort } = createContext();
  const running = runChild({ do: 'block' }, context);
  await until(() => reports.length > 0);

  abort(new TaskError('LEASE_LOST', 'Another worker has it.'));

  await assert.rejects(running, hasCode('LEASE_LOST', /Another/));
  for (const pid of String(reports[0]).split(' ')) await until(() => !isRunning(Number(pid)));
});

test('when the worker is killed, a busy child and what it has started die too', limit, async () => {
  const owner = spawn(process.execPath, [fileURLToPath(handler)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: owner.stdout }), 'line')) as [string];
  const pids = line.split(' ').map(Number);
  assert.ok(pids.every(isRunning));

  owner.kill('SIGKILL');

  for (const pid of pids) await until(() => !isRunning(pid));
});

for (const [worker, child] of [
  [0, 5],
  [12, 12],
] as const) {
  test(`a child of a worker of niceness ${worker} has ${child}: it is patient, and never asks for more than it may`, limit, async () => {
    const own = getPriority();
    const owner = spawn('nice', ['-n', String(worker), process.execPath, fileURLToPath(handler)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface({ input: owner.stdout }), 'line')) as [string];

    const niceness = line.split(' ').map((pid) => getPriority(Number(pid)));

    owner.kill('SIGKILL');
    const expected = Math.min(19, Math.max(child, own + worker));
    assert.deepEqual(niceness, [expected, expected]);
  });
}

function runChild(order: Order, context: TaskContext): Promise<unknown> {
  return runInChild(handler, order, context);
}

function createContext(): { context: TaskContext; reports: unknown[]; abort: (reason: TaskError) => void } {
  const aborting = new AbortController();
  const reports: unknown[] = [];
  const context: TaskContext = {
    taskId: 'task',
    tenantId: 'tenant',
    subject: 'subject',
    requester: undefined,
    attempt: 7,
    signal: aborting.signal,
    fenced: () => assert.fail('not from a child'),
    finish: () => assert.fail('not from a child'),
    progress: async (percent, step) => void reports.push([percent, step]),
    log: async (line) => void reports.push(line),
  };
  return { context, reports, abort: (reason) => aborting.abort(reason) };
}

function hasCode(code: TaskErrorCode, message: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof TaskError && error.code === code && message.test(error.message);
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(5);
}

function isRunning(pid: number): boolean {
  try {
    // A zombie that nobody has reaped yet is dead for our purposes.
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
