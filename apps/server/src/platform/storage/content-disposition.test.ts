import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildContentDisposition } from './content-disposition.ts';

test('a plain name stands in both forms', () => {
  assert.equal(buildContentDisposition('report.json'), `attachment; filename="report.json"; filename*=UTF-8''report.json`);
});

// The example of RFC 8187, 3.2.3 (the pound and euro signs).
test('other letters are encoded as UTF-8', () => {
  assert.equal(
    buildContentDisposition('£ and € rates'),
    `attachment; filename="_ and _ rates"; filename*=UTF-8''%C2%A3%20and%20%E2%82%AC%20rates`,
  );
});

test('P14 no name ends the header, leaves its quotes, turns the direction or names a folder', () => {
  for (const name of [
    'a\r\nSet-Cookie: x=1',
    'a"; filename="b',
    "a'b",
    'a\u202Egpj.exe',
    '../../etc/passwd',
    '..\\x',
    '\ud800',
    '\0',
    '',
  ]) {
    const header = buildContentDisposition(name);

    assert.match(header, /^attachment; filename="[\x20-\x21\x23-\x7e]+"; filename\*=UTF-8''[\w.%~-]+$/);
    assert.doesNotMatch(decodeURIComponent(header), /[/\\\p{C}]/u);
  }
});
