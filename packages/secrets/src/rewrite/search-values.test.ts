import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createValueSearch } from './search-values.ts';

function findNaively(needles: readonly Buffer[], content: Buffer): string[] {
  const hits: string[] = [];
  for (const [needleIndex, needle] of needles.entries()) {
    for (let start = content.indexOf(needle); start !== -1; start = content.indexOf(needle, start + 1))
      hits.push(`${start} ${needleIndex}`);
  }
  return hits.sort();
}

const text = (minLength: number, maxLength: number): fc.Arbitrary<Buffer> =>
  fc.array(fc.constantFrom(0x61, 0x62, 0), { minLength, maxLength }).map((bytes) => Buffer.from(bytes));

test('every place of every needle is found, overlapping ones too', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(text(3, 9), { minLength: 1, maxLength: 8, selector: (needle) => needle.toString('hex') }),
      text(0, 200),
      (needles, content) => {
        const search = createValueSearch(needles);

        const hits = search.findAll(content).map(({ start, needleIndex }) => `${start} ${needleIndex}`);

        assert.deepEqual(hits.sort(), findNaively(needles, content));
        assert.equal(search.contains(content), hits.length > 0);
      },
    ),
  );
});

test('thousands of needles of many lengths are found where they stand', () => {
  const needles = Array.from({ length: 5000 }, (_, index) => Buffer.from(`needle ${index} ${'x'.repeat(index % 300)}.`));
  const content = Buffer.concat(needles.flatMap((needle) => [Buffer.from('\nhay '), needle]));

  const hits = createValueSearch(needles).findAll(content);

  assert.deepEqual(new Set(hits.map(({ needleIndex }) => needleIndex)).size, 5000);
});

test('nothing to look for is found nowhere', () => {
  assert.equal(createValueSearch([]).contains(Buffer.from('anything')), false);
});
