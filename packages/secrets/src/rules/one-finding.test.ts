import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDetector } from '../detect/detector.ts';
import { yieldToSpecific } from '../history/yield-to-specific.ts';
import { createSampler } from './sampler.ts';

test('what a rule of a provider finds is one finding, and of that provider', () => {
  const { rules, scan } = createDetector();
  const wrong: string[] = [];

  for (const rule of rules) {
    if (rule.precision === 'generic' || rule.provider === 'Generic') continue;
    for (const [index, example] of rule.examples.matches.entries()) {
      const text = example(createSampler(`${rule.id}:match:${index}:a`));
      const found = yieldToSpecific(scan(Buffer.from(text, 'latin1')), rules).filter(({ dropped }) => !dropped);
      const match = found.find(({ ruleIndex }) => rules[ruleIndex]!.provider === rule.provider);
      const place = match ?? { secretStart: 0, secretEnd: text.length };
      const others = found.filter((other) => other !== match && other.secretStart < place.secretEnd && place.secretStart < other.secretEnd);
      if (!match || others.length > 0)
        wrong.push(`${rule.id}, match ${index}: ${found.map(({ ruleIndex }) => rules[ruleIndex]!.id).join(', ') || 'nothing'}`);
    }
  }

  assert.deepEqual(wrong, []);
});
