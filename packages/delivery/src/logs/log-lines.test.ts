import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createLineCleaner } from './line-cleaner.ts';
import { createLineSplitter } from './line-splitter.ts';

test('lines come out whole wherever the output was cut', () => {
  const text = 'first\r\nzweite Zeile: ä€😀\n\nlast';

  fc.assert(
    fc.property(fc.array(fc.nat(Buffer.byteLength(text)), { maxLength: 5 }), (cuts) => {
      assert.deepEqual(split(text, cuts), ['first', 'zweite Zeile: ä€😀', '', 'last']);
    }),
  );
});

test('a progress bar is one line for each of its states', () => {
  assert.deepEqual(split('10 %\r50 %\r100 %\n', []), ['10 %', '50 %', '100 %']);
});

test('B8 a masked value is never shown, in four encodings, wherever the output was cut', () => {
  const value = 'pa55 word/with+ünusual&signs';
  const forms = (prefix: string): string[] => [
    `${prefix}${value}`,
    encodeURIComponent(`${prefix}${value}`),
    Buffer.from(`${prefix}${value}!`).toString('base64'),
    Buffer.from(`${prefix}${value}!`).toString('base64url'),
    JSON.stringify({ value: `${prefix}${value}` }),
  ];

  fc.assert(
    fc.property(
      fc.nat(4),
      fc.string({ unit: 'grapheme-ascii', maxLength: 4 }),
      fc.array(fc.nat(60), { maxLength: 4 }),
      (form, prefix, cuts) => {
        const text = forms(prefix)[form]!;

        const shown = split(`${text}\n`, cuts, [value]).join('\n');

        assert.ok(shown.includes('***'), shown);
        assert.ok(!shown.includes('word') && !shown.includes(Buffer.from(value).toString('base64').slice(4, 16)), shown);
      },
    ),
  );
});

test('each line of a value of several lines is masked', () => {
  const key = ['-----BEGIN THING-----', 'QUJDREVGR0hJSktMTU5P', '-----END THING-----'].join('\n');

  const shown = split(`key:\n  ${key.replaceAll('\n', '\n  ')}\ndone`, [], [key]);

  assert.deepEqual(shown, ['key:', '  ***', '  ***', '  ***', 'done']);
});

test('what would steer a terminal is taken out', () => {
  assert.deepEqual(split('\u001b[2J\u001b[31mred\u001b[0m \u202etxt\u0007\u0000\n', []), ['red txt']);
});

test('B9 a line that never ends is cut, and costs no memory', () => {
  const lines: string[] = [];
  const splitter = createLineSplitter({ onLine: (line) => lines.push(line), clean: createLineCleaner({ maxCharacters: 10 }) });

  for (let times = 0; times < 100; times++) splitter.add(Buffer.alloc(64 * 1024, 'x'));
  splitter.add(Buffer.from('\nnext'));
  splitter.end();

  assert.ok(lines.every((line) => line.startsWith('xxxxxxxxxx… (') || line === 'next'));
  assert.equal(lines.at(-1), 'next');
});

test('B9 a long line costs no more in small pieces', () => {
  const lines: string[] = [];
  const splitter = createLineSplitter({ onLine: (line) => lines.push(line), clean: (line) => line });
  const piece = Buffer.from('x');
  const startedAt = performance.now();

  for (let times = 0; times < 250_000; times++) splitter.add(piece);
  splitter.end();

  assert.deepEqual(lines, ['x'.repeat(250_000)]);
  assert.ok(performance.now() - startedAt < 3000);
});

test('a carriage return ends a line once, wherever the output was cut', () => {
  const text = 'a\r\nb\rc\r\r\n\nd\r';
  for (let cut = 0; cut <= text.length; cut++) assert.deepEqual(split(text, [cut]), ['a', 'b', 'c', '', '', 'd'], `${cut}`);
});

function split(text: string, cuts: readonly number[], mask: readonly string[] = []): string[] {
  const bytes = Buffer.from(text);
  const lines: string[] = [];
  const splitter = createLineSplitter({ onLine: (line) => lines.push(line), clean: createLineCleaner({ mask }) });
  const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).toSorted((a, b) => a - b), bytes.length];
  for (let index = 1; index < places.length; index++) splitter.add(bytes.subarray(places[index - 1], places[index]));
  splitter.end();
  return lines;
}
