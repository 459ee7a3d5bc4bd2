import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createNeedleMatcher } from './needle-matcher.ts';

function findAll(needles: readonly Uint8Array[], content: Uint8Array): string[] {
  const hits: string[] = [];
  createNeedleMatcher(needles).find(content, (needle, at) => hits.push(`${needle}@${at}`));
  return hits.sort();
}

/** The slow and obvious way. */
function findAllByIndexOf(needles: readonly Uint8Array[], content: Uint8Array): string[] {
  const hits: string[] = [];
  const text = Buffer.from(content);
  for (const [needle, bytes] of needles.entries()) {
    for (let at = text.indexOf(bytes); at !== -1; at = text.indexOf(bytes, at + 1)) hits.push(`${needle}@${at}`);
  }
  return hits.sort();
}

test('every occurrence of every needle is found, as by looking at each position', () => {
  // Three letters only, so that overlaps, prefixes and repeats are the normal case.
  const letters = (minLength: number, maxLength: number) =>
    fc.array(fc.constantFrom(0x61, 0x62, 0), { minLength, maxLength }).map((bytes) => Uint8Array.from(bytes));
  fc.assert(
    fc.property(fc.array(letters(4, 20), { maxLength: 12 }), letters(0, 300), (needles, content) => {
      assert.deepEqual(findAll(needles, content), findAllByIndexOf(needles, content));
    }),
    { numRuns: 500 },
  );
});

test('thousands of needles are found, whatever stands around them', () => {
  const random = pseudoRandomBytes(3_000_000);
  const needles = Array.from({ length: 3000 }, (_, i) => random.subarray(i * 900, i * 900 + 8 + (i % 40)));

  const hits = findAll(needles, random);

  for (let i = 0; i < needles.length; i++) assert.ok(hits.includes(`${i}@${i * 900}`), `needle ${i}`);
});

test('so many long needles that eight bytes are looked at are found at every offset', () => {
  const random = pseudoRandomBytes(200_000);
  const needles = Array.from({ length: 1500 }, (_, i) => random.subarray(i * 100, i * 100 + 16 + (i % 9)));
  const chosen = [0, 7, 700, 1499];

  for (let before = 0; before < 24; before++) {
    for (const index of chosen) {
      const content = Buffer.concat([Buffer.alloc(before), needles[index]!, Buffer.alloc(before % 3)]);
      assert.deepEqual(findAll(needles, content), [`${index}@${before}`]);
    }
  }
});

test('a needle at the very end and a content that is a needle are found', () => {
  const needle = Buffer.from('0123456789abcdef');

  assert.deepEqual(findAll([needle], needle), ['0@0']);
  assert.deepEqual(findAll([needle], Buffer.concat([Buffer.from('x'), needle])), ['0@1']);
  assert.deepEqual(findAll([needle], needle.subarray(0, 15)), []);
});

test('without needles nothing is found', () => {
  assert.deepEqual(findAll([], Buffer.from('anything')), []);
});

/** Xorshift: the same bytes in every run. */
function pseudoRandomBytes(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 0x9e3779b9;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state & 0xff;
  }
  return bytes;
}
