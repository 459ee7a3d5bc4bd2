import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { locateInBuffer } from './locate-offsets.ts';

test('lines and columns count from 1 and columns count bytes', () => {
  const content = Buffer.from('one\ntwö x\n\nlast', 'utf8');

  const places = locateInBuffer(content, [0, 4, 9, 11, 12]);

  assert.deepEqual(
    [...places].map(([offset, { line, column, text }]) => [offset, line, column, text]),
    [
      [0, 1, 1, 'one'],
      [4, 2, 1, 'tw\xc3\xb6 x'],
      [9, 2, 6, 'tw\xc3\xb6 x'],
      [11, 3, 1, ''],
      [12, 4, 1, 'last'],
    ],
  );
});

test('places agree with splitting the text into lines', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'b', '\n'), { minLength: 1, maxLength: 60 }),
      fc.array(fc.nat(59), { maxLength: 8 }),
      (characters, picks) => {
        const text = characters.join('');
        const offsets = [...new Set(picks.filter((pick) => pick < text.length))].sort((a, b) => a - b);

        const places = locateInBuffer(Buffer.from(text), offsets);

        for (const offset of offsets) {
          const before = text.slice(0, offset).split('\n');
          assert.equal(places.get(offset)!.line, before.length);
          assert.equal(places.get(offset)!.column, before.at(-1)!.length + 1);
        }
      },
    ),
  );
});
