import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listValueForms } from './value-forms.ts';

const value = 'k3y/with+"odd"&<chars>é';

function needlesOf(text: string): string[] {
  return listValueForms(Buffer.from(text).toString('latin1')).map(({ needle }) => needle.toString('latin1'));
}

const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

test('the plain value comes first and no needle comes twice', () => {
  const needles = needlesOf(value);

  assert.equal(needles[0], latin1(value));
  assert.equal(new Set(needles).size, needles.length);
});

test('a value is looked for as other programs write it', () => {
  const needles = new Set(needlesOf(value));

  for (const written of [
    encodeURIComponent(value),
    encodeURI(value),
    new URLSearchParams([['', value]]).toString().slice(1),
    JSON.stringify(value).slice(1, -1),
    JSON.stringify(JSON.stringify(value).slice(1, -1)).slice(1, -1),
    JSON.stringify(value).slice(1, -1).replaceAll('/', '\\/'),
    'k3y/with+"odd"&amp;&lt;chars&gt;é',
    'k3y/with+&quot;odd&quot;&amp;&lt;chars&gt;é',
    'k3y/with+&#34;odd&#34;&amp;&lt;chars&gt;é',
    'k3y/with+\\"odd\\"\\u0026\\u003cchars\\u003e\\u00e9'.replace('\\u00e9', 'é'),
    'k3y/with+\\"odd\\"&<chars>\\u00e9',
    Buffer.from(value).toString('hex'),
    Buffer.from(value).toString('hex').toUpperCase(),
  ]) {
    assert.ok(needles.has(latin1(written)), written);
  }
  assert.ok(needles.has(Buffer.from(value, 'utf16le').toString('latin1')));
  assert.ok(needles.has(Buffer.from(value, 'latin1').toString('latin1')));
});

test('base64 of any text around the value holds one of its needles', () => {
  const needles = needlesOf('some-Secret-0123');

  for (const before of ['', 'a', 'ab', 'abc', 'user:']) {
    for (const after of ['', 'x', 'xy', '\n']) {
      const text = Buffer.from(`${before}some-Secret-0123${after}`);
      for (const encoded of [
        text.toString('base64'),
        text.toString('base64url'),
        Buffer.from(text.toString('base64')).toString('base64'),
      ]) {
        assert.ok(
          needles.some((needle) => encoded.includes(needle)),
          encoded,
        );
      }
    }
  }
});

test('a value of several lines is found with other line ends, indented, behind marks and as an escaped string', () => {
  const lines = ['-----BEGIN X-----', 'AAAABBBBCCCC', '-----END X-----'];
  const needles = new Set(needlesOf(`${lines.join('\n')}\n`.trimEnd()));

  for (const joint of ['\r\n', '\n    ', '\n\t', '\n# ', '\n+', '\\n', ' ', ''])
    assert.ok(needles.has(lines.join(joint)), JSON.stringify(joint));
});

test('a value that chance would produce is refused', () => {
  for (const short of ['', 'abc', '   \n  ', 'ab ']) assert.throws(() => listValueForms(short), { code: 'VALUE_TOO_SHORT' });
});
