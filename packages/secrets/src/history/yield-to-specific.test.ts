import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildToken } from '@deployguard/testkit';
import { createDetector } from '../detect/detector.ts';
import { builtInRules } from '../rules/registry.ts';
import { yieldToSpecific } from './yield-to-specific.ts';
import type { Match } from '../detect/match.ts';

const generic = builtInRules.findIndex((rule) => rule.precision === 'generic');
const exact = builtInRules.findIndex((rule) => rule.precision === 'exact');

function aMatch(match: Partial<Match>): Match {
  return { ruleIndex: exact, start: 0, end: 10, secretStart: 0, secretEnd: 10, secret: 'abcdefghij', encodings: [], ...match };
}

test('where two rules see the same place, the more precise one wins', () => {
  const kept = yieldToSpecific([aMatch({ ruleIndex: generic, secretEnd: 14 }), aMatch({ ruleIndex: exact })], builtInRules);

  assert.deepEqual(
    kept.map((match) => match.ruleIndex),
    [exact],
  );
});

test('secrets beside each other all stay', () => {
  const kept = yieldToSpecific([aMatch({}), aMatch({ ruleIndex: generic, secretStart: 10, secretEnd: 20 })], builtInRules);

  assert.equal(kept.length, 2);
});

test('all secrets of a compressed file stay, although they share its place', () => {
  const keys = [1, 2, 3].map((seed) =>
    buildToken({ prefix: ['AK', 'IA'], seed, alphabet: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', length: 16 }),
  );
  const { rules, scan } = createDetector();

  const kept = yieldToSpecific(scan(gzipSync(`${keys.join('\n')}\n`)), rules);

  assert.deepEqual(kept.map((match) => match.secret).sort(), [...keys].sort());
});
