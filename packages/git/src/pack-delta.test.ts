import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { buildDelta } from './pack-delta.ts';

/** Applies a delta as gitformat-pack(5) describes it. */
function applyDelta(base: Buffer, delta: Buffer): Buffer {
  let at = 0;
  const readSize = (): number => {
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = delta[at++]!;
      size |= (byte & 0x7f) << shift;
      if (byte < 0x80) return size;
    }
  };
  assert.equal(readSize(), base.length);
  const size = readSize();
  const parts: Buffer[] = [];
  while (at < delta.length) {
    const command = delta[at++]!;
    assert.notEqual(command, 0);
    if (command < 0x80) {
      parts.push(delta.subarray(at, at + command));
      at += command;
      continue;
    }
    let offset = 0;
    let length = 0;
    for (let i = 0; i < 4; i++) if (command & (1 << i)) offset += delta[at++]! * 256 ** i;
    for (let i = 0; i < 3; i++) if (command & (0x10 << i)) length += delta[at++]! * 256 ** i;
    parts.push(base.subarray(offset, offset + (length || 0x10000)));
  }
  const target = Buffer.concat(parts);
  assert.equal(target.length, size);
  return target;
}

test('a delta makes the target from the base', () => {
  const piece = fc.constantFrom('a line of some length that repeats\n', 'another one, quite different\n', 'x', '', '0'.repeat(100));
  const text = fc.array(piece, { maxLength: 30 }).map((pieces) => Buffer.from(pieces.join('')));
  fc.assert(
    fc.property(text, text, (base, target) => {
      const delta = buildDelta(base, target, 1_000_000);

      assert.deepEqual(applyDelta(base, delta!), target);
    }),
  );
});

test('changes in several places of a large file make a short delta', () => {
  const lines = Array.from({ length: 5000 }, (_, index) => `line ${index} ${(index * 7919) % 1000}\n`);
  const base = Buffer.from(lines.join(''));
  const target = Buffer.from(lines.with(10, 'changed\n').with(2500, 'changed as well\n').with(4990, '').join(''));

  const delta = buildDelta(base, target, target.length);

  assert.ok(delta!.length < 300, String(delta!.length));
  assert.deepEqual(applyDelta(base, delta!), target);
});

test('runs longer than one copy can say, and 64 KiB ones, are copied whole', () => {
  for (const length of [0x10000, 0xffffff, 0x1000001]) {
    const base = Buffer.alloc(length, 'abcdefg');
    const target = Buffer.concat([base, Buffer.from('end')]);

    assert.ok(applyDelta(base, buildDelta(base, target, 1000)!).equals(target));
  }
});

test('a delta that would be too long is not made', () => {
  assert.equal(buildDelta(Buffer.from('a'.repeat(100)), Buffer.from('b'.repeat(100)), 50), undefined);
});
