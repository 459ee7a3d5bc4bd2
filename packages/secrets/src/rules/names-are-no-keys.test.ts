import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDetector } from '../detect/detector.ts';
import type { Rule } from './rule.ts';
import { createSampler } from './sampler.ts';

const detector = createDetector();
const words = (
  'access account builder client config context controller current customer default factory from get handler manager message option ' +
  'parameter profile provider repository request response server service session settings storage store user validator value'
).split(' ');
const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);
const styles: Record<string, (parts: readonly string[]) => string> = {
  camelCase: (parts) => parts.map((word, i) => (i === 0 ? word : capital(word))).join(''),
  PascalCase: (parts) => parts.map(capital).join(''),
  snake_case: (parts) => parts.join('_'),
  'kebab-case': (parts) => parts.join('-'),
  UPPER_CASE: (parts) => parts.join('_').toUpperCase(),
  numbered2: (parts) => `${parts.join('').slice(0, -1)}2`,
};

test('names from code are no keys, although a provider’s name stands beside them and their length is right', () => {
  const judged = detector.rules.filter(
    ({ precision, provider, chosen }) => precision === 'contextual' && provider !== 'Generic' && chosen !== 'password',
  );

  const taken = judged.flatMap((rule) => rule.examples.matches.flatMap((build) => listTaken(rule, build(createSampler(rule.id)))));

  assert.deepEqual(taken, []);
  assert.ok(judged.length > 1000);
});

/** What the rule finds when names stand in the place of its secret. */
function listTaken(rule: Rule, example: string): string[] {
  const secret = findSecret(rule, example);
  if (secret === undefined || secret.length > 100) return [];
  return Object.entries(styles).flatMap(([style, join]) => {
    const name = buildName(secret.length, join);
    return name !== undefined && findSecret(rule, example.replaceAll(secret, name)) === name ? [`${rule.id}: ${style} ${name}`] : [];
  });
}

function findSecret(rule: Rule, text: string): string | undefined {
  const found = detector.scan(Buffer.from(text, 'latin1')).filter(({ dropped }) => dropped === undefined);
  return found.find(({ ruleIndex }) => detector.rules[ruleIndex] === rule)?.secret;
}

/** Words that make a name of exactly that length, the first that come out; none for lengths that words do not add up to. */
function buildName(length: number, join: (parts: readonly string[]) => string): string | undefined {
  for (let first = 0; first < words.length; first++) {
    for (let step = 1; step < words.length; step++) {
      const parts: string[] = [];
      for (let i = first; join(parts).length < length; i += step) parts.push(words[i % words.length]!);
      if (join(parts).length === length) return join(parts);
    }
  }
  return undefined;
}
