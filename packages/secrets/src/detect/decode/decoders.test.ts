import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { builtInRules } from '../../rules/registry.ts';
import { createSampler } from '../../rules/sampler.ts';
import { createDetector } from '../detector.ts';
import type { Match } from '../detector.ts';

const rule = builtInRules.find(({ id }) => id === 'github-fine-grained-token')!;
const sample = createSampler('decoders');
const token = `github_pat_${sample.alnum(22)}_${sample.alnum(59)}`;
const detector = createDetector({ enabledRules: [rule.id, 'generic-password', 'private-key'] });

test('a token is found in base64 at every alignment, in both alphabets, and its place is exact', () => {
  const cases = fc.property(
    fc.string({ unit: 'binary-ascii', maxLength: 40 }),
    fc.string({ maxLength: 40 }),
    fc.boolean(),
    (before, after, isUrl) => {
      const inner = Buffer.from(`${before} ${token} ${after}`, 'latin1');
      const encoded = inner.toString(isUrl ? 'base64url' : 'base64');
      const content = `x: "${encoded}"`;

      const found = detector.scan(Buffer.from(content)).filter(isToken);

      assert.equal(found.length, 1);
      assert.deepEqual(found[0]!.encodings, ['base64']);
      const [start, end] = [found[0]!.secretStart - 4, found[0]!.secretEnd - 4];
      // The characters that share bits with the secret's first and last byte belong to it.
      assert.equal(start, Math.floor((inner.indexOf(token) * 8) / 6));
      assert.equal(end, Math.ceil(((inner.indexOf(token) + token.length) * 8) / 6));
    },
  );
  fc.assert(cases, { numRuns: 300 });
});

test('base64 that is wrapped and indented is read across its lines', () => {
  const encoded = Buffer.from(`${'some text before it, '.repeat(4)}${token}${', and after it'.repeat(3)}`).toString('base64');

  for (const [width, separator] of [
    [60, '\n    '],
    [64, '\r\n'],
    [76, '\n'],
  ] as const) {
    const wrapped = `data: |${separator}${encoded.replaceAll(new RegExp(`.{${width}}`, 'g'), `$&${separator}`)}`;

    assert.deepEqual(describe(wrapped), [`base64 ${token}`], `${width}`);
  }
});

test('short lines of base64 characters are not taken for one text', () => {
  const encoded = Buffer.from(token).toString('base64');

  assert.deepEqual(describe(encoded.replaceAll(/.{20}/g, '$&\n')), []);
});

test('a token in base64 in base64 is found unless the depth forbids it', () => {
  for (const prefix of ['', 'a', 'ab', 'abc=1 ']) {
    const once = Buffer.from(`${prefix} ${token}`).toString('base64');
    const twice = `k=${Buffer.from(`v ${once}`).toString('base64')}`;

    assert.deepEqual(describe(twice), [`base64>base64 ${token}`], prefix);
    assert.deepEqual(createDetector({ enabledRules: [rule.id], maxDecodeDepth: 1 }).scan(Buffer.from(twice)), []);
    assert.deepEqual(createDetector({ enabledRules: [rule.id], maxDecodeDepth: 0 }).scan(Buffer.from(once)), []);
  }
});

test('a token in UTF-16 in base64, hex in base64 or base64 in hex is found at every alignment, and its place is exact', () => {
  const cases = fc.property(fc.string({ unit: 'binary-ascii', maxLength: 9 }), fc.string({ maxLength: 9 }), (before, after) => {
    // What Windows programs and their users write: no zero characters.
    const text = `${before.replaceAll('\0', '')} ${token} ${after.replaceAll(/[^ -~]/g, '')}`;
    const wide = Buffer.from(text, 'utf16le');
    const base64 = Buffer.from(text, 'latin1').toString('base64');

    for (const [encodings, encoded] of [
      [['base64', 'utf-16le'], wide.toString('base64')],
      [['hex', 'utf-16le'], wide.toString('hex')],
      [['base64', 'hex'], Buffer.from(`${before} ${Buffer.from(text, 'latin1').toString('hex')}`, 'latin1').toString('base64')],
      [['hex', 'base64'], Buffer.from(base64).toString('hex')],
    ] as const) {
      const found = detector.scan(Buffer.from(`x: "${encoded}"`)).filter(isToken);

      assert.equal(found.length, 1, encodings.join(' '));
      assert.deepEqual(found[0]!.encodings, encodings);
      assert.ok(found[0]!.secretStart >= 4 && found[0]!.secretEnd <= 4 + encoded.length);
      assert.ok(found[0]!.secretEnd - found[0]!.secretStart <= token.length * 4);
    }
  });
  fc.assert(cases, { numRuns: 100 });
});

test('packed content in base64 is opened where the text begins, not in the middle of one, and only so deep', () => {
  const pack = (content: string): string => gzipSync(content).toString('base64');
  const wrapped = pack(`${sample.alnum(300)} ${token}`).replaceAll(/.{64}(?!$)/g, '$&\n    ');
  const deepest = Array.from({ length: 5 }).reduce<string>((content) => pack(content), `v: ${token}`);

  assert.deepEqual(describe(`data: ${pack(`v: ${token}`)}`), [`base64>gzip ${token}`]);
  assert.deepEqual(describe(`{"data":"\\n${pack(`v: ${token}`)}"}`), [`base64>gzip ${token}`]);
  assert.deepEqual(describe(`data: |\n    ${wrapped}\n`), [`base64>gzip ${token}`]);
  assert.deepEqual(describe(`data: ${pack(`v: ${pack(`v: ${token}`)}`)}`), [`base64>gzip>base64>gzip ${token}`]);
  assert.deepEqual(describe(`data: A${pack(`v: ${token}`)}`), []);
  assert.deepEqual(describe(`data: ${deepest}`), []);
});

test('escapes and hex are read wherever they hide a token', () => {
  const bytes = [...Buffer.from(token)];
  const forms = {
    hex: Buffer.from(token).toString('hex').toUpperCase(),
    percent: bytes.map((byte) => `%${byte.toString(16)}`).join(''),
    'unicode-escape': bytes.map((byte) => `\\u00${byte.toString(16)}`).join(''),
    'hex-escape': bytes.map((byte) => `\\x${byte.toString(16)}`).join(''),
    'character-reference': bytes.map((byte) => `&#${byte};`).join(''),
  };

  for (const [encoding, form] of Object.entries(forms)) {
    if (encoding === 'character-reference') continue;
    assert.deepEqual(describe(`v = "${form}"`), [`${encoding} ${token}`]);
  }
  const references = bytes.map((byte) => `&#x${byte.toString(16)};`).join('');
  assert.deepEqual(describe(`<b>${references}</b>`), [`character-reference ${token}`]);
});

test('a URL whose slashes are escaped is read like one with plain slashes', () => {
  const password = `${sample.alnum(12)}7`;
  const urls = createDetector({ enabledRules: ['url-password'] });

  for (const [text, encoding] of [
    [`{"u":"postgres:\\/\\/app:${password}@db1\\/app"}`, 'json-escape'],
    [`?next=postgres%3A%2F%2Fapp%3A${password}%40db1%2Fapp`, 'percent'],
    [`"postgres:\\u002f\\u002fapp:${password}@db1"`, 'unicode-escape'],
  ] as const) {
    const [match] = urls.scan(Buffer.from(text));
    assert.deepEqual([match?.secret, match?.encodings], [password, [encoding]], text);
  }
});

test('what stands in the clear is reported once, without an encoding', () => {
  assert.deepEqual(describe(`a\\u0020b ${token} %20`), [` ${token}`]);
});

test('a password assigned inside of base64 is found by its name', () => {
  const text = `DB_HOST=db1\nDB_PASSWORD=${sample.alnum(12)}9\n`;

  assert.equal(describe(`ENV_FILE: ${Buffer.from(text).toString('base64')}`).length, 1);
});

function isToken(match: Match): boolean {
  return match.secret === token;
}

function describe(text: string): string[] {
  return detector
    .scan(Buffer.from(text, 'latin1'))
    .filter((match) => !match.dropped)
    .map((match) => `${match.encodings.join('>')} ${match.secret}`);
}
