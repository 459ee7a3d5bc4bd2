import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { anchorRule, matchAtAnchor } from '../detect/match-at-anchor.ts';
import { judgeMatch } from '../detect/judge-match.ts';
import { builtInRules } from './registry.ts';
import { createSampler } from './sampler.ts';
import type { Rule } from './rule.ts';

const notProviders = new Set(
  'rule registry sampler forms base62 base58 bech32 marvin32 key-forms provider-keys prefixed-tokens'
    .split(' ')
    .map((name) => `${name}.ts`),
);

test('every provider file is in the registry, in order', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => !name.endsWith('.test.ts') && !notProviders.has(name));
  const registry = readFileSync(new URL('registry.ts', import.meta.url), 'utf8');
  const imported = [...registry.matchAll(/from '\.\/(.+?\.ts)'/g)].map((match) => match[1]!).filter((name) => !notProviders.has(name));

  assert.deepEqual(imported, files.sort());
});

test('rule ids are unique and kebab-case', () => {
  const ids = builtInRules.map((rule) => rule.id);

  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) assert.match(id, /^[a-z0-9]+(-[a-z0-9]+)+$/);
});

for (const rule of builtInRules) {
  test(`rule ${rule.id} finds its examples and leaves the others`, () => {
    assert.ok(rule.examples.matches.length >= 2 && rule.examples.misses.length >= 2, 'at least two examples of each');
    assert.ok(rule.keywords.length > 0 && rule.keywords.every((keyword) => keyword.length >= 3), 'keywords of at least 3 characters');
    assert.match(rule.expression.flags, /^[is]*$/);
    assert.ok(URL.canParse(rule.source) && URL.canParse(rule.rotation.url) && rule.rotation.steps.length > 0);

    for (const [index, example] of rule.examples.matches.entries()) {
      for (const seed of ['a', 'b', 'c']) {
        const text = example(createSampler(`${rule.id}:match:${index}:${seed}`));
        assert.equal(secretsIn(rule, text).length, 1, `match ${index} (seed ${seed}) must give exactly one secret`);
        // The same text inside a larger file, and at its very end.
        assert.equal(secretsIn(rule, `first line\n${text}\nlast line`).length, 1, `match ${index} (seed ${seed}) among other lines`);
      }
    }
    for (const [index, example] of rule.examples.misses.entries()) {
      const text = example(createSampler(`${rule.id}:miss:${index}`));
      assert.deepEqual(secretsIn(rule, text), [], `miss ${index} must give nothing`);
    }
  });
}

/** A plain reading of the rule: every place of every keyword, no prefilter. */
function secretsIn(rule: Rule, text: string): string[] {
  const content = Buffer.from(text, 'latin1');
  const anchored = anchorRule(rule);
  const fold = rule.expression.ignoreCase;
  const haystack = fold ? text.toLowerCase() : text;
  const secrets = new Map<number, string>();
  for (const keyword of rule.keywords) {
    const needle = fold ? keyword.toLowerCase() : keyword;
    for (let at = haystack.indexOf(needle); at !== -1; at = haystack.indexOf(needle, at + 1)) {
      const match = matchAtAnchor(anchored, content, at);
      if (match && judgeMatch(match) === undefined) secrets.set(match.secretStart, match.secret);
    }
  }
  return [...secrets.values()];
}
