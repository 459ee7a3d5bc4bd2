import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInRules } from '../rules/registry.ts';
import { buildAnchorTable } from './build-anchor-table.ts';
import { buildAnchors } from './build-anchors.ts';
import { decodeAnchors, encodeAnchors } from './prepared-anchors.ts';

for (const depth of [0, 2]) {
  test(`the anchors that the build prepares are those that are worked out at each start, decoding ${depth} deep`, () => {
    const prepared = decodeAnchors(encodeAnchors(builtInRules, depth), builtInRules, depth);

    const expected = buildAnchors(builtInRules, depth);
    assert.deepEqual(
      [...prepared!.anchors].map((anchor, index) => ({ anchor, tries: prepared!.listTries(index) })),
      expected,
    );
    const { bytes, ...table } = prepared!.getTable();
    const { bytes: expectedBytes, ...expectedTable } = buildAnchorTable(expected.map(({ anchor }) => anchor));
    assert.ok(Buffer.from(expectedBytes).equals(bytes));
    assert.deepEqual(table, expectedTable);
  });
}

test('anchors that were prepared for other rules or another depth are not used', () => {
  const file = encodeAnchors(builtInRules, 2);
  const [first, ...others] = builtInRules;

  const outcomes = [
    decodeAnchors(file, others, 2),
    decodeAnchors(file, builtInRules, 1),
    decodeAnchors(file, [{ ...first!, keywords: [...first!.keywords, 'another'] }, ...others], 2),
    decodeAnchors(file, [{ ...first!, reach: 5000 }, ...others], 2),
  ];

  assert.deepEqual(outcomes, [undefined, undefined, undefined, undefined]);
});
