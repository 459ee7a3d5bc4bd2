import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInRules } from '../rules/registry.ts';
import type { Rule } from '../rules/rule.ts';
import { buildAnchorTable } from './build-anchor-table.ts';
import { buildAnchors } from './build-anchors.ts';
import { encodeAnchors, prepareAnchors } from './prepared-anchors.ts';

for (const depth of [0, 2]) {
  test(`the anchors that the build prepares are those that are worked out at each start, decoding ${depth} deep`, () => {
    const prepared = prepareAnchors(builtInRules, depth, encodeAnchors(builtInRules, depth));

    const expected = buildAnchors(builtInRules, depth);
    assert.deepEqual(
      [...prepared.anchors].map((anchor, index) => ({ anchor, tries: prepared.listTries(index) })),
      expected,
    );
    const { bytes, ...table } = prepared.getTable();
    const { bytes: expectedBytes, ...expectedTable } = buildAnchorTable(expected.map(({ anchor }) => anchor));
    assert.ok(Buffer.from(expectedBytes).equals(bytes));
    assert.deepEqual(table, expectedTable);
  });
}

test('anchors that were prepared for other rules or another depth are not used', () => {
  const encoded = encodeAnchors(builtInRules, 2);
  const [first, ...others] = builtInRules;
  const isUsed = (rules: readonly Rule[], depth: number): boolean => prepareAnchors(rules, depth, encoded).encoded === encoded;

  const outcomes = [
    isUsed(builtInRules, 2),
    isUsed(others, 2),
    isUsed(builtInRules, 1),
    isUsed([{ ...first!, keywords: [...first!.keywords, 'another'] }, ...others], 2),
    isUsed([{ ...first!, reach: 5000 }, ...others], 2),
  ];

  assert.deepEqual(outcomes, [true, false, false, false, false]);
});
