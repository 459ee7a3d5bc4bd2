import assert from 'node:assert/strict';
import test from 'node:test';
import { createProgress } from './progress.ts';
import { createTerminal } from './terminal.ts';

function recorder(isTTY: boolean) {
  const written: string[] = [];
  const stream = {
    isTTY,
    columns: 80,
    write(text: string, done: () => void) {
      written.push(text);
      done();
      return true;
    },
  };
  return { written, terminal: createTerminal(stream, { LANG: 'C.UTF-8' }) };
}

test('the first line is shown at once', () => {
  for (const isTTY of [true, false]) {
    const { written, terminal } = recorder(isTTY);

    createProgress(terminal).update({ label: 'Opening', done: 0, total: 0 });

    assert.equal(written.length, 1);
    assert.match(written[0]!, /Opening/);
  }
});

test('a terminal line is rewritten with bar, share, rate and remaining time, at most every 80 ms', () => {
  const { written, terminal } = recorder(true);
  let now = 0;
  const progress = createProgress(terminal, { nowMilliseconds: () => now });

  progress.update({ label: 'Reading', done: 0, total: 1000, bytes: 0 });
  now = 50;
  progress.update({ label: 'Reading', done: 10, total: 1000, bytes: 10 });
  now = 2000;
  progress.update({ label: 'Reading', done: 250, total: 1000, bytes: 50_000_000 });

  assert.equal(written.length, 2);
  assert.equal(written[1], '\r\u001B[2KReading  ━━━━━━──────────────────  25 %  250/1,000  25.0 MB/s  0:06 left');
});

test('a pipe gets plain lines, one a phase and then one every five seconds', () => {
  const { written, terminal } = recorder(false);
  let now = 0;
  const progress = createProgress(terminal, { nowMilliseconds: () => now });

  for (now = 0; now <= 10_000; now += 100) progress.update({ label: 'Reading', done: now, total: 10_000, bytes: now });
  progress.update({ label: 'Attributing', done: 0, total: 0 });
  progress.stop();

  assert.deepEqual(
    written.map((line) => line.split('  ')[0]!.trimEnd()),
    ['Reading', 'Reading', 'Reading', 'Attributing'],
  );
  for (const line of written) assert.match(line, /^[^\r\u001B]*\n$/);
});

test('the line is removed at the end and does not come back', () => {
  const { written, terminal } = recorder(true);
  const progress = createProgress(terminal);
  progress.update({ label: 'Reading', done: 1, total: 2 });

  progress.stop();
  progress.update({ label: 'Writing', done: 1, total: 2 });

  assert.equal(written.at(-1), '\r\u001B[2K');
});

test('the line is never wider than the terminal', () => {
  const { written, terminal } = recorder(true);

  createProgress(terminal).update({ label: 'A label '.repeat(30), done: 1, total: 2 });

  assert.ok(written[0]!.replace('\r\u001B[2K', '').length < 80);
});

test('quiet means nothing at all', () => {
  const { written, terminal } = recorder(true);
  const progress = createProgress(terminal, { isQuiet: true });

  progress.update({ label: 'Reading', done: 1, total: 2 });
  progress.stop();

  assert.deepEqual(written, []);
});
