import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { closeControlGroupOf, openControlGroup } from './control-group.ts';
import { runProcess } from './run-process.ts';
import { startProcess } from './start-process.ts';

const limit = { timeout: 60_000 };
const env = { PATH: '/usr/local/bin:/usr/bin:/bin' };

/** Starts so many programs that are found by their argument. */
function startMany(count: number, seconds: string): string {
  return `i=0; while [ $i -lt ${count} ]; do sleep ${seconds} & i=$((i+1)); done; wait`;
}

function count(seconds: string): number {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && argumentsOf(name) === `sleep\0${seconds}\0`).length;
}

function argumentsOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

test(
  'B9 a program that wants more processes than it may have is ended with all that it started, and no more came about',
  limit,
  async (context) => {
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, count('61.5'))), 5);
    context.after(() => clearInterval(watch));

    await assert.rejects(runProcess({ program: 'sh', args: ['-c', startMany(200, '61.5')], env, limits: { ownProcesses: 20 } }), {
      code: 'LIMIT_REACHED',
      message: /had the 20 processes and threads/,
    });

    clearInterval(watch);
    assert.ok(most <= 20, `${most} processes`);
    assert.equal(count('61.5'), 0);
  },
);

test('as many as it may have are no fault, nor is what a program starts that has ended by itself', limit, async () => {
  const { exitCode } = await runProcess({ program: 'sh', args: ['-c', startMany(4, '0.3')], env, limits: { ownProcesses: 5 } });
  const left = await runProcess({ program: 'sh', args: ['-c', 'while :; do sleep 0.01; done & exit 3'], env, limits: { ownProcesses: 5 } });

  assert.deepEqual([exitCode, left.exitCode], [0, 3]);
});

test('what is in a closed group can start nothing, and a group goes when it is empty', limit, async (context) => {
  const group = openControlGroup(50);
  // As root; elsewhere it takes a group that is ours.
  assert.ok(group !== undefined);
  context.after(() => group.remove());
  const running = startProcess({
    program: 'sh',
    args: ['-c', `echo $$ > ${group.entry}; echo in; trap 'sleep 0; echo started' USR1; while :; do :; done`],
    env,
  });
  let printed = '';
  running.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  while (!printed.includes('in')) await delay(20);

  closeControlGroupOf(running.pid!);
  process.kill(running.pid!, 'SIGUSR1');
  const { stderr } = await running.done;

  assert.match(stderr, /fork/i);
  assert.equal(group.isExceeded(), false);
  group.remove();
  assert.throws(() => readFileSync(group.entry), { code: 'ENOENT' });
});
