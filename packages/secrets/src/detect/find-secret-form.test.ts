import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInRules } from '../rules/registry.ts';
import { createSampler } from '../rules/sampler.ts';
import { findSecretForm } from './find-secret-form.ts';

const cases: readonly (readonly [expression: RegExp, form: RegExp | undefined])[] = [
  [/name=(?<secret>[a-f0-9]{32})\b/i, /[a-f0-9]{32}/i],
  [/(?:a|b)[)(](?<secret>(?:x|y\))[^\]]z)/, /(?:x|y\))[^\]]z/],
  [/(?<!x)(?:key=(?<secret>[a-z]+)){1,2}/s, /[a-z]+/s],
  [/a(?<secret>b)?/, undefined],
  [/a(?:(?<secret>b)c)*/, undefined],
  [/a(?:(?<secret>b)c){0,3}/, undefined],
  [/(?<secret>b)|c/, undefined],
  [/(?:(?<secret>b)|c)d/, undefined],
  [/(?=(?<secret>b))/, undefined],
  [/(["'])(?<secret>[^"']\1)/, undefined],
  [/(?<secret>a)b(?<other>c)/, /a/],
  [/abc/, undefined],
];

for (const [expression, form] of cases) {
  test(`the form of the secret in ${String(expression)} is ${form ? String(form) : 'not to be told'}`, () => {
    assert.deepEqual(findSecretForm(expression), form);
  });
}

test('what a rule matches holds the form of its secret', () => {
  let known = 0;
  for (const rule of builtInRules) {
    const form = findSecretForm(rule.expression);
    if (!form) continue;
    known++;
    for (const example of rule.examples.matches) {
      const found = rule.expression.exec(example(createSampler(`${rule.id} form`)));
      if (found) assert.match(found[0], form, rule.id);
    }
  }
  assert.ok(known > 0.9 * builtInRules.length, `of ${builtInRules.length} rules, ${known} have one`);
});
