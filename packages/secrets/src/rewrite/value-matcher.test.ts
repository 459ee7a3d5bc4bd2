import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildToken } from '@deployguard/testkit';
import type { Match } from '../detect/match.ts';
import { createRedactor } from './redact.ts';
import { createValueMatcher, describeValueMatcher, valueRules } from './value-matcher.ts';

const secret = `${buildToken({ prefix: ['to', 'ken_'], length: 24 })}/+=`;
const { needles } = createRedactor([{ value: secret, replacement: '***REMOVED***' }]);
const matcher = createValueMatcher(needles);

/** What a traversal finds: `verify` wherever an anchor stands. */
function matchAtAnchors(content: Buffer): Match[] {
  const matches: Match[] = [];
  for (const [index, { text }] of [...matcher.anchors].entries()) {
    for (let at = content.indexOf(text, 0, 'latin1'); at !== -1; at = content.indexOf(text, at + 1, 'latin1'))
      matcher.verify(content, at, index, matches);
  }
  return matches;
}

test('a traversal that stops at anchors finds each form of a value', () => {
  for (const content of [
    Buffer.from(`key = ${secret};`),
    Buffer.from(secret, 'utf16le'),
    Buffer.from(secret, 'utf16le').swap16(),
    Buffer.from(Buffer.from(`user:${secret}`).toString('base64')),
    Buffer.from(encodeURIComponent(secret)),
    Buffer.from(`"${secret.slice(0, 15)}" +\n  "${secret.slice(15)}"`),
    Buffer.from(Buffer.from(`xx${secret}`).toString('hex')),
  ]) {
    assert.ok(
      matchAtAnchors(content).some(({ ruleIndex }) => ruleIndex === valueRules.value),
      content.toString('latin1'),
    );
  }
});

test('parts of a value are none', () => {
  assert.deepEqual(matchAtAnchors(Buffer.from(`${secret.slice(0, 20)} and ${secret.slice(10, 22)}`)), []);
});

test('archives and pointers of Git LFS are looked at as a whole', () => {
  const archive = gzipSync(`x ${secret}`);
  const pointer = Buffer.from(`version https://git-lfs.github.com/spec/v1\noid sha256:${'ab'.repeat(32)}\nsize 1\n`);

  assert.ok(matcher.isWrapped(archive.subarray(0, 512)));
  assert.ok(matcher.isWrapped(pointer));
  assert.deepEqual(
    matcher.scan(archive, () => undefined).map(({ ruleIndex }) => ruleIndex),
    [valueRules.value],
  );
  assert.deepEqual(
    matcher.scan(pointer, () => undefined).map(({ ruleIndex, secret: oid }) => [ruleIndex, oid]),
    [[valueRules.lfsPointer, 'ab'.repeat(32)]],
  );
});

test('a value without four ASCII characters in a row cannot be found so, and says so', () => {
  const value = Buffer.from('\u00e9\u00e8\u00ea\u00eb\u00e0').toString('latin1');

  assert.equal(describeValueMatcher(createRedactor([{ value, replacement: 'x' }]).needles), undefined);
  assert.notEqual(describeValueMatcher(needles), undefined);
});
