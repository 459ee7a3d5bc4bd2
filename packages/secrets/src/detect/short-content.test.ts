import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildToken } from '@deployguard/testkit';
import { createRandom } from '../history/packs/build-test-bytes.ts';
import { createDetector } from './detector.ts';

/** Each makes a detector, which takes a third of a second. */
const rounds = process.env['DEPLOYGUARD_LONG_TESTS'] ? 300 : 100;

test('a first short content is scanned as any other, before the search for anchors is prepared', () => {
  const prepared = createDetector();
  prepared.scan(Buffer.alloc(4096, 'x'));
  const random = createRandom(7);
  const words = [
    'password',
    'KEY',
    '=',
    ' ',
    '"',
    ':',
    '\n',
    'x',
    '-',
    '//',
    '@',
    'api_',
    'token',
    'AKIA',
    'ghp_',
    buildToken({ prefix: 'ghp_', length: 36 }),
    'é',
  ];
  let found = 0;
  for (let round = 0; round < rounds; round++) {
    const parts = Array.from({ length: 12 }, () => words[Math.floor(random() * words.length)]!);
    const content = Buffer.from(`${parts.join('')}${buildToken({ prefix: 'v', length: 20 })}\n`).subarray(0, 500);

    const expected = prepared.scan(content);

    found += expected.length;
    assert.deepEqual(createDetector().scan(content), expected, content.toString());
  }
  assert.ok(found > rounds / 10, String(found));
});
