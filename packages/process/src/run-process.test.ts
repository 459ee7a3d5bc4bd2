import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { ProcessError } from './process-error.ts';
import type { ProcessErrorCode } from './process-error.ts';
import { runProcess } from './run-process.ts';
import { startProcess } from './start-process.ts';

const env = { PATH: '/usr/local/bin:/usr/bin:/bin' };
const node = process.execPath;

test('a program gets its arguments one by one and no shell reads them', async () => {
  const result = await runProcess({ program: 'printf', args: ['%s|', '$HOME', '; touch canary', '*'], env });

  assert.equal(result.stdout.toString(), '$HOME|; touch canary|*|');
});

// Node itself adds NODE_V8_COVERAGE while coverage is measured.
test('a program sees the environment it was given and nothing else', async () => {
  const result = await runProcess({ program: 'env', args: [], env: { ...env, ONLY: 'this' } });

  assert.deepEqual(
    result.stdout
      .toString()
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('NODE_V8_COVERAGE='))
      .sort(),
    ['ONLY=this', `PATH=${env.PATH}`],
  );
});

test('a non-zero exit is returned with what the program complained about', async () => {
  const result = await runProcess({ program: 'ls', args: ['/no-such-directory'], env });

  assert.equal(result.exitCode, 2);
  assert.match(result.stderr, /no-such-directory/);
});

test('bytes given as input reach the program', async () => {
  const input = Buffer.from([0, 255, 10, 13, 0]);

  const result = await runProcess({ program: 'cat', args: [], env, stdin: input });

  assert.deepEqual(result.stdout, input);
});

test('input that the program does not read does no harm', async () => {
  const result = await runProcess({ program: 'true', args: [], env, stdin: Buffer.alloc(1 << 20) });

  assert.equal(result.exitCode, 0);
});

test('a missing program is named', async () => {
  await assert.rejects(runProcess({ program: 'no-such-program', args: [], env }), hasCode('PROGRAM_NOT_FOUND', /no-such-program/));
});

test('a missing working directory is not mistaken for a missing program', async () => {
  await assert.rejects(runProcess({ program: 'true', args: [], env, cwd: '/no-such-directory' }), hasCode('SPAWN_FAILED', /true/));
});

test('a program that takes too long is killed together with its children', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'process-'));
  const pidFile = join(directory, 'pid');
  const script = `const c = require('node:child_process').spawn('sleep', ['60'], { stdio: 'inherit' });
    require('node:fs').writeFileSync(process.argv[1], String(c.pid)); setInterval(() => {}, 1000);`;

  await assert.rejects(
    runProcess({ program: node, args: ['-e', script, pidFile], env, timeoutSeconds: 1 }),
    hasCode('TIMED_OUT', /longer than 1 seconds/),
  );

  assert.equal(isRunning(Number(readFileSync(pidFile, 'utf8'))), false);
  rmSync(directory, { recursive: true });
});

test('a program that ignores SIGTERM is killed all the same', async () => {
  const script = `process.on('SIGTERM', () => {}); console.log('ready'); setInterval(() => {}, 1000)`;
  const running = startProcess({ program: node, args: ['-e', script], env });
  await new Promise((resolve) => running.stdout.once('data', resolve));

  await running.kill();

  assert.equal((await running.done).exitCode, 128 + 9);
});

test('children that a program leaves behind end with it', async () => {
  const script = `const c = require('node:child_process').spawn('sleep', ['60'], { stdio: 'inherit' }); console.log(c.pid); process.exit(0)`;

  const result = await runProcess({ program: node, args: ['-e', script], env, timeoutSeconds: 20 });

  assert.equal(result.exitCode, 0);
  // Its pipes are closed a moment before the kernel has taken it off its list.
  await waitUntil(() => !isRunning(Number(result.stdout.toString())));
});

test('a cancelled program stops and says so', async () => {
  const controller = new AbortController();
  const running = startProcess({ program: 'sleep', args: ['60'], env, signal: controller.signal });

  controller.abort();

  await assert.rejects(running.done, hasCode('ABORTED', /cancelled/));
  assert.throws(() => startProcess({ program: 'sleep', args: ['60'], env, signal: controller.signal }), hasCode('ABORTED', /not started/));
});

test('endless output ends at the limit', async () => {
  await assert.rejects(runProcess({ program: 'yes', args: [], env, maxOutputBytes: 100_000 }), hasCode('OUTPUT_LIMIT', /100000 bytes/));
});

test('of endless complaints the end is kept', async () => {
  const script = `process.stderr.write('a'.repeat(300000) + 'the end')`;

  const result = await runProcess({ program: node, args: ['-e', script], env });

  assert.equal(result.stderr.length, 64 * 1024);
  assert.ok(result.stderr.endsWith('aaathe end'));
});

test('a file size limit is kept by the kernel', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'process-'));
  const file = join(directory, 'big');

  await assert.rejects(
    runProcess({ program: 'dd', args: ['if=/dev/zero', `of=${file}`, 'bs=4096', 'count=100'], env, limits: { fileSizeBytes: 10_000 } }),
    hasCode('LIMIT_REACHED', /larger than allowed/),
  );

  assert.equal(readFileSync(file).length, 10_000);
  rmSync(directory, { recursive: true });
});

test('limits are those of the program and of what it starts', async () => {
  const limits = {
    dataBytes: 1_000_000_000,
    fileSizeBytes: 2_000_000_000,
    cpuSeconds: 30,
    openFiles: 64,
    processes: 3000,
    coreBytes: 0,
  };
  const script = `const { stdout } = require('node:child_process').spawnSync('cat', ['/proc/self/limits']); process.stdout.write(stdout)`;

  const { stdout } = await runProcess({ program: node, args: ['-e', script], env, limits });

  const table = new Map([...stdout.toString().matchAll(/^Max (.+?) {2,}(\d+) /gm)].map(([, name, soft]) => [name, Number(soft)]));
  assert.deepEqual(
    ['data size', 'file size', 'cpu time', 'open files', 'processes', 'core file size'].map((name) => table.get(name)),
    Object.values(limits),
  );
});

test('a wish for more than this process may use itself is a wish for all of that', async () => {
  const inner = `const { startProcess } = await import(process.argv[1]);
    const running = startProcess({ program: 'cat', args: ['/proc/self/limits'], env: process.env, limits: { openFiles: 1_000_000, fileSizeBytes: 10 } });
    running.stdout.pipe(process.stdout);`;
  const module = new URL('./start-process.ts', import.meta.url).href;

  const { stdout } = await runProcess({
    program: 'prlimit',
    args: ['--nofile=200', '--fsize=5000000', '--', node, '--input-type=module', '-e', inner, module],
    env,
  });

  assert.match(stdout.toString(), /^Max open files +200 +200 /m);
  assert.match(stdout.toString(), /^Max file size +10 +10 /m);
});

test('a program that computes too long is told apart from one that was killed', async () => {
  await assert.rejects(
    runProcess({ program: node, args: ['-e', 'for (;;);'], env, limits: { cpuSeconds: 1 } }),
    hasCode('LIMIT_REACHED', /processor time/),
  );
});

test('limits that cannot be set stop the start', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'process-'));

  await assert.rejects(
    runProcess({ program: '/usr/bin/touch', args: [join(directory, 'canary')], env: { PATH: directory }, limits: { openFiles: 10 } }),
    hasCode('LIMITS_UNSUPPORTED', /util-linux/),
  );

  assert.equal(existsSync(join(directory, 'canary')), false);
  rmSync(directory, { recursive: true });
});

test('an argument never appears in an error', async () => {
  const secret = ['not', 'to', 'be', 'shown'].join('-');

  const running = runProcess({ program: node, args: ['-e', 'setInterval(() => {}, 1000)', secret], env, timeoutSeconds: 0.1 });

  await assert.rejects(running, (error: Error) => !error.message.includes(secret));
});

function hasCode(code: ProcessErrorCode, message: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof ProcessError && error.code === code && message.test(error.message);
}

/** Fails after ten seconds: the child would live for sixty. */
async function waitUntil(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!isSo()) {
    assert.ok(performance.now() < deadline, 'waited for ten seconds');
    await setTimeout(5);
  }
}

function isRunning(pid: number): boolean {
  try {
    // A zombie whose parent has not reaped it yet is dead for our purposes.
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
