import assert from 'node:assert/strict';
import test from 'node:test';
import { createTerminal } from './terminal.ts';

const terminalStream = { isTTY: true, columns: 100, write: () => true };
const pipe = { write: () => true };

test('colour is on for terminals and off for pipes', () => {
  assert.equal(createTerminal(terminalStream, {}).paint('red', 'x'), '\u001B[31mx\u001B[39m');
  assert.equal(createTerminal(pipe, {}).paint('red', 'x'), 'x');
});

test('NO_COLOR wins over everything, FORCE_COLOR over the stream', () => {
  assert.equal(createTerminal(terminalStream, { NO_COLOR: '1', FORCE_COLOR: '1' }).paint('red', 'x'), 'x');
  assert.equal(createTerminal(pipe, { FORCE_COLOR: '1' }).paint('red', 'x'), '\u001B[31mx\u001B[39m');
  assert.equal(createTerminal(terminalStream, { FORCE_COLOR: '0' }).paint('red', 'x'), 'x');
});

test('an empty NO_COLOR does not count (no-color.org)', () => {
  assert.equal(createTerminal(terminalStream, { NO_COLOR: '' }).paint('red', 'x'), '\u001B[31mx\u001B[39m');
});

test('a dumb terminal is not written over and not coloured', () => {
  const terminal = createTerminal(terminalStream, { TERM: 'dumb' });

  assert.equal(terminal.isInteractive, false);
  assert.equal(terminal.paint('red', 'x'), 'x');
});

test('symbols are ASCII where the locale is not UTF-8', () => {
  for (const [environment, isUnicode] of [
    [{ LANG: 'en_GB.UTF-8' }, true],
    [{ LANG: 'C' }, false],
    [{ LC_ALL: 'C', LANG: 'en_GB.UTF-8' }, false],
    [{ LC_CTYPE: 'C.utf8' }, true],
    [{}, false],
  ] as const) {
    const text = Object.values(createTerminal(pipe, environment).symbols).join('');

    assert.equal(/^[\x20-\x7e]*$/.test(text), !isUnicode);
  }
});

test('a reader that went away is no error; another write error is', async () => {
  const failing = (code: string) => ({
    write: (_text: string, done: (error?: Error) => void) => (done(Object.assign(new Error(code), { code })), true),
  });

  await createTerminal(failing('EPIPE'), {}).write('x');

  await assert.rejects(createTerminal(failing('ENOSPC'), {}).write('x'), { code: 'ENOSPC' });
});
