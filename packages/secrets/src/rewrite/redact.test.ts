import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRedactor } from './redact.ts';
import type { RedactionPlace } from './redact.ts';

const secret = ['hunter', '2-is-no-', 'password'].join('');
const marker = '***REMOVED***';

function redactorOf(...values: (string | [string, string])[]): ReturnType<typeof createRedactor> {
  return createRedactor(
    values.map((entry) => {
      const [value, replacement] = typeof entry === 'string' ? [entry, marker] : entry;
      return { value: Buffer.from(value).toString('latin1'), replacement: Buffer.from(replacement).toString('latin1') };
    }),
  );
}

function redact(content: string | Buffer, place?: RedactionPlace): Buffer | undefined {
  return redactorOf(secret).redact(Buffer.from(content), place);
}

test('a value gives way to the replacement and every other byte stays', () => {
  const before = Buffer.from([0xff, 0xfe, 0x80, 0, 0x0d, 0x0a]);
  const after = Buffer.from('\r\nno line feed at the end \xe9', 'latin1');
  const content = Buffer.concat([before, Buffer.from(secret), after]);

  assert.deepEqual(redact(content), Buffer.concat([before, Buffer.from(marker), after]));
  assert.equal(redact('nothing here'), undefined);
});

test('a value that stands twice on a line goes twice', () => {
  assert.equal(String(redact(`a=${secret} b=${secret}`)), `a=${marker} b=${marker}`);
});

test('UTF-16 text gets the replacement in UTF-16', () => {
  const wide = Buffer.from(`\ufeffkey=${secret}\r\n`, 'utf16le');
  const expected = Buffer.from(`\ufeffkey=${marker}\r\n`, 'utf16le');

  assert.deepEqual(redact(wide), expected);
  assert.deepEqual(redact(Buffer.from(wide).swap16()), Buffer.from(expected).swap16());
});

test('base64 is decoded, redacted and encoded again, wherever the value begins in it', () => {
  for (const before of ['', 'u', 'us', 'user:']) {
    for (const encoding of ['base64', 'base64url'] as const) {
      const token = Buffer.from(`${before}${secret}\n`).toString(encoding);

      const redacted = String(redact(`{"auth": "${token}"}`));

      const written = /"auth": "(.*)"/.exec(redacted)![1]!;
      assert.equal(Buffer.from(written, encoding).toString(), `${before}${marker}\n`);
      assert.equal(written.includes('='), Buffer.from(`${before}${marker}\n`).toString(encoding).includes('='));
    }
  }
});

test('base64 in base64 is followed inside', () => {
  const inner = Buffer.from(`user:${secret}`).toString('base64');
  const outer = Buffer.from(`{"auths":{"auth":"${inner}"}}`).toString('base64');

  const redacted = String(redact(`data: ${outer}\n`));

  const decoded = Buffer.from(redacted.slice(6), 'base64').toString();
  assert.equal(decoded, `{"auths":{"auth":"${Buffer.from(`user:${marker}`).toString('base64')}"}}`);
});

test('base64 that does not decode is replaced as a whole', () => {
  const token = Buffer.from(`user:${secret}`).toString('base64').replace(/=+$/, '');

  assert.equal(String(redact(`x "A${token}" y`)), `x "${marker}" y`);
});

test('a base64 segment of a URL path leaves the other segments alone', () => {
  const token = Buffer.from(`user:${secret}`).toString('base64url');

  const redacted = String(redact(`https://h.example/v1/${token}/rest/of-path`));

  assert.equal(redacted, `https://h.example/v1/${Buffer.from(`user:${marker}`).toString('base64url')}/rest/of-path`);
});

test('hexadecimal, percent and escaped forms get a replacement of their kind', () => {
  const odd = `p"q/${secret}&`;
  const redactor = redactorOf([odd, 'new "value"&']);
  const redactText = (text: string): string => String(redactor.redact(Buffer.from(text)));

  assert.equal(redactText(Buffer.from(odd).toString('hex')), Buffer.from('new "value"&').toString('hex'));
  assert.equal(redactText(encodeURIComponent(odd)), encodeURIComponent('new "value"&'));
  assert.equal(redactText(JSON.stringify({ odd })), JSON.stringify({ odd: 'new "value"&' }));
});

test('of overlapping values none remains, and a longer value wins over its own beginning', () => {
  const redactor = redactorOf(['abcdefgh', 'LONG'], ['abcdef', 'SHORT'], ['fghijkl', 'OTHER']);
  const redactText = (text: string): string => String(redactor.redact(Buffer.from(text)));

  assert.equal(redactText('-abcdefgh-'), '-LONG-');
  assert.equal(redactText('-abcdefx-'), '-SHORTx-');
  assert.equal(redactText('-abcdefghijkl-'), '-LONG-');
});

test('a value that only appears when another is taken out goes as well', () => {
  const redactor = redactorOf(['inner-value', ''], ['outersecret', marker]);

  assert.equal(String(redactor.redact(Buffer.from('a outerinner-valuesecret b'))), `a ${marker} b`);
});

test('a replacement that holds a value, or would form one for ever, is refused', () => {
  assert.throws(() => redactorOf([secret, `x${secret}`]), { code: 'REPLACEMENT_HOLDS_VALUE' });
  assert.throws(() => redactorOf([secret, Buffer.from(secret).toString('base64')]), { code: 'REPLACEMENT_HOLDS_VALUE' });
  assert.throws(() => redactorOf(['xxxxy', 'xxxx']).redact(Buffer.from(`xxxxy${'y'.repeat(40)}`)), { code: 'REPLACEMENT_UNSTABLE' });
});

test('in names and headers a replacement leaves out what they cannot hold', () => {
  assert.equal(String(redact(`key-${secret}.txt`, 'file-name')), 'key-REMOVED.txt');
  assert.equal(String(redactorOf([secret, '<a>\nb']).redact(Buffer.from(secret), 'header')), 'ab');
  assert.equal(String(redactorOf([secret, '../..']).redact(Buffer.from(secret), 'ref-name')), 'removed');
});

test('what a redactor returns holds no value, and redacting it again changes nothing', () => {
  const redactor = redactorOf('aaab', 'abba', 'baab');
  const content = fc.array(fc.constantFrom('a', 'b', ' '), { maxLength: 60 }).map((characters) => Buffer.from(characters.join('')));
  fc.assert(
    fc.property(content, (bytes) => {
      const redacted = redactor.redact(bytes) ?? bytes;

      for (const value of ['aaab', 'abba', 'baab']) assert.ok(!redacted.includes(value));
      assert.equal(redactor.redact(redacted), undefined);
    }),
  );
});

test('a value that is broken over lines or string literals, or escaped in any mixture, goes too', () => {
  const odd = `q7/Zebra+${secret}==`;
  const redactor = redactorOf(odd);
  const half = Math.floor(odd.length / 2);
  const [first, second] = [odd.slice(0, half), odd.slice(half)];

  for (const written of [
    `"${first}" + "${second}"`,
    `"${first}" +\n    "${second}"`,
    `${first}\\\n${second}`,
    `${first}\r\n  ${second}`,
    `q7%2fZebra+${secret}%3D=`,
    `q7\\u002fZebra\\x2B${secret}=\\u003D`,
    `q7&#x2F;Zebra&plus;${secret}&equals;=`,
  ]) {
    const redacted = String(redactor.redact(Buffer.from(`key: ${written};`)));

    assert.match(redacted, /^key: "?\*\*\*REMOVED\*\*\*"?;$/, written);
  }
});

test('wrapped base64 loses the characters that hold the value', () => {
  const lines = Buffer.from(`user:${secret}${secret}:end`)
    .toString('base64')
    .match(/.{1,28}/g)!;

  const redacted = String(redactorOf(secret + secret).redact(Buffer.from(`cert: |\n  ${lines.join('\n  ')}\n`)));

  const left = redacted.replaceAll(/\s|\*\*\*REMOVED\*\*\*/g, '');
  assert.ok(!Buffer.from(left, 'base64').toString('latin1').includes(secret.slice(2, -2)));
  assert.match(redacted, /REMOVED/);
});

test('a part of a value alone is no value', () => {
  assert.equal(redact(`${secret.slice(0, Math.floor(secret.length / 2))} and then something else`), undefined);
});
