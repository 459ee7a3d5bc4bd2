import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDetector } from '../detect/detector.ts';
import { yieldToSpecific } from '../history/yield-to-specific.ts';
import { createSampler } from './sampler.ts';

const sample = createSampler('sections');
const detector = createDetector();

test('keys that Rails makes for development and tests are low, those of production are not', () => {
  const [development, tests, production] = [sample.hex(128), sample.hex(128), sample.hex(128)];
  const file = [
    'shared:',
    '  api_url: https://api',
    '',
    'development:',
    `  secret_key_base: ${development}`,
    '',
    'test:',
    '  # Only here.',
    `  secret_key_base: ${tests}`,
    '',
    'production:',
    `  secret_key_base: ${production}`,
    '',
  ].join('\n');

  const found = yieldToSpecific(detector.scan(Buffer.from(file)), detector.rules).filter(({ dropped }) => !dropped);

  assert.deepEqual(
    found.map(({ secret, ruleIndex }) => [secret, detector.rules[ruleIndex]!.severity]),
    [
      [development, 'low'],
      [tests, 'low'],
      [production, 'high'],
    ],
  );
});
