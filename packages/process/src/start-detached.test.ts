import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { ProcessError } from './process-error.ts';
import { runProcess } from './run-process.ts';
import { startDetached } from './start-detached.ts';

const limit = { timeout: 60_000 };
const PATH = '/usr/local/bin:/usr/bin:/bin';

function temporaryDirectory(context: { after(done: () => void): void }): string {
  const path = mkdtempSync(join(tmpdir(), 'deployguard-detached-'));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('a program reads its input, and answers with its first line', limit, async (context) => {
  const directory = temporaryDirectory(context);

  const started = await startDetached({
    program: process.execPath,
    args: ['-e', 'process.stdin.on("data", (data) => console.log(`got ${data}\\nmore`))'],
    env: { PATH },
    cwd: directory,
    input: Buffer.from('something'),
    errorPath: join(directory, 'errors'),
  });

  assert.equal(started.firstLine, 'got something');
});

test('it lives on when who started it ends', limit, async (context) => {
  const directory = temporaryDirectory(context);
  const child = `
    console.log('here');
    const { existsSync, writeFileSync } = require('node:fs');
    const timer = setInterval(() => { if (!existsSync('go')) return; writeFileSync('lives', ''); clearInterval(timer); }, 20);`;
  const parent = `
    import { startDetached } from ${JSON.stringify(join(import.meta.dirname, 'start-detached.ts'))};
    const { firstLine } = await startDetached({ program: process.execPath, args: ['-e', ${JSON.stringify(child)}], env: { PATH: ${JSON.stringify(PATH)} },
      cwd: ${JSON.stringify(directory)}, input: Buffer.alloc(0), errorPath: ${JSON.stringify(join(directory, 'errors'))} });
    console.log(firstLine);`;

  const ended = await runProcess({ program: process.execPath, args: ['--input-type=module', '-e', parent], env: { PATH } });
  await runProcess({ program: 'touch', args: [join(directory, 'go')], env: { PATH } });
  while (!existsSync(join(directory, 'lives'))) await delay(20);

  assert.equal(ended.stdout.toString(), 'here\n');
});

test('one that ends without a line is an error, and what it said about it is kept', limit, async (context) => {
  const directory = temporaryDirectory(context);
  const errorPath = join(directory, 'errors');

  await assert.rejects(
    startDetached({
      program: process.execPath,
      args: ['-e', 'console.error("no"); process.exit(3)'],
      env: { PATH },
      cwd: directory,
      input: Buffer.alloc(0),
      errorPath,
    }),
    (error) => error instanceof ProcessError && error.code === 'KILLED',
  );
  assert.equal(readFileSync(errorPath, 'utf8'), 'no\n');
});

test('a program that is not there is an error', limit, async (context) => {
  const directory = temporaryDirectory(context);

  await assert.rejects(
    startDetached({
      program: 'no-such-program',
      args: [],
      env: { PATH },
      cwd: directory,
      input: Buffer.alloc(0),
      errorPath: join(directory, 'errors'),
    }),
    (error) => error instanceof ProcessError && error.code === 'PROGRAM_NOT_FOUND',
  );
});
