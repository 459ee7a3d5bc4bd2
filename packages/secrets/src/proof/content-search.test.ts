import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { buildToken } from '@deployguard/testkit';
import { createContentSearch } from './content-search.ts';
import type { UnopenedPart } from './content-search.ts';

const token = buildToken({ prefix: 'tk', length: 22 });
/** Letters and digits need no escape, these do. */
const password = `${buildToken({ prefix: 'Pa', length: 8 })}/"<+&\\=%$ ${buildToken({ prefix: 'x', length: 5 })}\u00e9`;
const pem = [
  '-----BEGIN TEST-----',
  buildToken({ prefix: '', length: 60 }),
  buildToken({ prefix: '', length: 30 }),
  '-----END TEST-----',
].join('\n');

const passwordBytes = Buffer.from(password, 'utf8');
const values = [token, passwordBytes.toString('latin1'), pem];
const search = createContentSearch(values);

function findForms(content: Buffer | string): string[] {
  const hits = search.search(Buffer.isBuffer(content) ? content : Buffer.from(content, 'latin1'), () => {});
  return hits.map(({ value, form, within }) => [value, form, ...within].join(' / '));
}

const surroundings: readonly (readonly [string, string])[] = [
  ['', ''],
  ['x', 'y'],
  ['some text before, ', ' and after'],
];

test('a value is found in plain text and as UTF-16 and UTF-32, at even and odd offsets', () => {
  for (const [before, after] of surroundings) {
    assert.deepEqual(findForms(before + token + after), ['0 / plain']);
    const wide = Buffer.from(`${before}${token}${after}`, 'utf16le');
    assert.ok(findForms(Buffer.concat([Buffer.from('\x01'), wide])).includes('0 / utf-16le'));
    assert.ok(findForms(Buffer.concat([Buffer.from('\x01\x02\x03'), Buffer.from(wide).swap16()])).includes('0 / utf-16be'));
  }
  const utf32 = Buffer.concat([...token].map((character) => Buffer.from([0, 0, 0, character.charCodeAt(0)])));
  assert.deepEqual(findForms(utf32), ['0 / utf-32be']);
});

test('a value is found inside base64 whatever stands before and after it', () => {
  for (let before = 0; before < 7; before++) {
    for (let after = 0; after < 4; after++) {
      const bytes = Buffer.concat([Buffer.alloc(before, 'user:'), passwordBytes, Buffer.alloc(after, '!')]);
      for (const encoding of ['base64', 'base64url'] as const) {
        assert.ok(findForms(`auth = ${bytes.toString(encoding)}`).includes('1 / base64'), `${before} ${after} ${encoding}`);
      }
      const twice = Buffer.from(`{"auth":"${bytes.toString('base64')}"}`).toString('base64');
      assert.ok(findForms(twice).includes('1 / base64 of base64'), `${before} ${after} twice`);
    }
  }
});

test('base64 of a JSON file is found although the value is escaped in it', () => {
  for (const [index, value] of [password, pem].entries()) {
    const encoded = Buffer.from(JSON.stringify({ type: 'account', key: value })).toString('base64');
    assert.ok(findForms(encoded).includes(`${index + 1} / base64 of json`));
  }
});

test('base64 of UTF-16 text and base64 broken into lines are found', () => {
  assert.ok(findForms(Buffer.from(`iex ${token}`, 'utf16le').toString('base64')).includes('0 / base64 of utf-16le'));

  for (let shift = 0; shift < 60; shift++) {
    const encoded = Buffer.from('.'.repeat(shift) + token).toString('base64');
    for (const lineEnd of ['\n', '\r\n', '\n    ', '"\n  "', '\\n']) {
      const wrapped = encoded.replaceAll(/.{64}/g, `$&${lineEnd}`);
      assert.ok(
        findForms(wrapped).some((form) => form.startsWith('0 / base64')),
        `${shift} ${JSON.stringify(lineEnd)}`,
      );
    }
  }
});

test('a value is found in hexadecimal of either case', () => {
  assert.deepEqual(findForms(`00${Buffer.from(token).toString('hex')}ff`), ['0 / hex']);
  assert.deepEqual(findForms(Buffer.from(token).toString('hex').toUpperCase()), ['0 / hex']);
});

test('a value is found in whatever way escaped, and when only some of its characters are', () => {
  const text = password;
  const escaped: Record<string, string> = {
    encodeURIComponent: encodeURIComponent(text),
    encodeURI: encodeURI(text),
    form: new URLSearchParams({ a: text }).toString(),
    'lower-case percent': encodeURIComponent(text).replaceAll(/%../g, (hex) => hex.toLowerCase()),
    'every byte percent': [...passwordBytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
    'percent twice': encodeURIComponent(encodeURIComponent(text)),
    JSON: JSON.stringify(text),
    'JSON with slashes escaped': JSON.stringify(text).replaceAll('/', '\\/'),
    'JSON in JSON': JSON.stringify(JSON.stringify(text)),
    'JSON, ASCII only': JSON.stringify(text).replaceAll('\u00e9', '\\u00e9'),
    'every character as \\u': [...text].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
    'C bytes': [...passwordBytes].map((byte) => `\\x${byte.toString(16)}`).join(''),
    HTML: text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'),
    'HTML, one entity only': text.replace('<', '&#60;'),
    'HTML, every character': [...text].map((c) => `&#${c.charCodeAt(0)};`).join(''),
    'quoted-printable': [...passwordBytes]
      .map((b) => (b === 0x3d || b > 126 ? `=${b.toString(16).toUpperCase()}` : String.fromCharCode(b)))
      .join(''),
    shell: text.replaceAll(/[^A-Za-z0-9\u00e9]/g, '\\$&'),
    'one character only': text.replace('$', '%24'),
  };
  for (const [way, content] of Object.entries(escaped)) {
    for (const [before, after] of surroundings) {
      const forms = findForms(Buffer.from(before + content + after, 'utf8'));
      assert.ok(
        forms.some((form) => form.startsWith('1 / ')),
        `${way}: ${content}`,
      );
    }
  }
});

test('a key of several lines is found with other line ends, indented, and as one JSON string', () => {
  for (const content of [
    pem,
    pem.replaceAll('\n', '\r\n'),
    pem.replaceAll('\n', '\n    '),
    JSON.stringify({ key: pem }),
    pem.replaceAll('\n', '\\n" +\n  "'),
    encodeURIComponent(pem),
  ]) {
    assert.ok(
      findForms(content).some((form) => form.startsWith('2 / ')),
      content.slice(20, 120),
    );
  }
});

test('a value split over two lines or two string literals is found', () => {
  const at = 9;
  for (const join of ['\\\n', '" +\n    "', "' + '", '" "', '\n', '=\n', '\\\r\n  ']) {
    assert.deepEqual(findForms(`x = "${token.slice(0, at)}${join}${token.slice(at)}"`), ['0 / plain, split'], JSON.stringify(join));
  }
});

test('parts of a value and values that differ in one character are not found', () => {
  assert.deepEqual(findForms(`${token.slice(0, -1)} ${token.slice(1)}`), []);
  assert.deepEqual(findForms(token.slice(0, 12) + '!' + token.slice(13)), []);
  assert.deepEqual(findForms(`${token.slice(0, 12)} then ${token.slice(12)}`), []);
  assert.deepEqual(findForms(`x = "${token.slice(0, -1)}",\n\t${token.slice(-1)}ntropy = 3`), []);
});

test('a value is found in every part of gzip and zstd files, across parts, and behind what stands between them', () => {
  const text = Buffer.from(`${'some other text, '.repeat(20)}password: ${token}\n`.repeat(3));
  const note = Buffer.from('502a4d1804000000aabbccdd', 'hex');
  const middle = text.indexOf(token) + 9;
  const parts = [text.subarray(0, middle), text.subarray(middle)];

  for (const [format, pack] of [['gzip', gzipSync] as const, ['zstd', zstdCompressSync] as const]) {
    const files = {
      second: [pack('nothing'), pack(text)],
      across: parts.map((part) => pack(part)),
      'behind other bytes': [pack('nothing'), Buffer.from('other bytes'), Buffer.alloc(512), pack(text)],
      ...(format === 'zstd' && { 'behind notes': [note, pack('nothing'), note, pack(text)] }),
    };
    for (const [name, file] of Object.entries(files)) {
      assert.ok(findForms(Buffer.concat(file)).includes(`0 / plain / ${format}`), `${format}: ${name}`);
    }
  }
});

test('a value is found inside gzip, zlib, zstd, zip and tar, and in one inside another', () => {
  const text = Buffer.from(`password: ${token}\n`.repeat(3));

  assert.deepEqual(findForms(gzipSync(text)), ['0 / plain / gzip']);
  assert.deepEqual(findForms(deflateSync(text)), ['0 / plain / zlib']);
  assert.equal(findForms(zstdCompressSync(text)).at(-1), '0 / plain / zstd');
  assert.deepEqual(findForms(buildZip('a.txt', text)), ['0 / plain / zip member a.txt']);
  assert.deepEqual(findForms(gzipSync(buildTar('a/b', text))), ['0 / plain / gzip']);
  assert.deepEqual(findForms(buildTar('logs.gz', gzipSync(text))), ['0 / plain / tar member logs.gz / gzip']);
  assert.deepEqual(findForms(gzipSync(gzipSync(gzipSync(text)))), ['0 / plain / gzip / gzip / gzip']);
  const base64 = Buffer.from(Buffer.from(token).toString('base64'), 'utf16le');
  assert.deepEqual(findForms(Buffer.concat([Buffer.from('fffe', 'hex'), base64])), ['0 / base64 / utf-16le']);
});

test('a zip member that the directory does not list, and one of unknown size, are found', () => {
  const zip = buildZip('a.txt', Buffer.from(token), { withSizes: false });

  assert.deepEqual(findForms(Buffer.concat([zip, buildZip('b.txt', Buffer.from(token))])), [
    '0 / plain / zip member a.txt',
    '0 / plain / zip member b.txt',
  ]);
});

test('P3: what cannot be opened is said, and a bomb ends at the limit', () => {
  const limited = createContentSearch(values, { maxDepth: 3, maxMembers: 10, maxBytes: 1_000_000 });
  const listUnopened = (content: Buffer): string[] => {
    const parts: UnopenedPart[] = [];
    limited.search(content, (part) => parts.push(part));
    return parts.map(({ within, reason }) => [...within, reason].join(': '));
  };

  assert.deepEqual(listUnopened(gzipSync(Buffer.alloc(50_000_000))), ['gzip: it unpacks to more than the limit allows']);
  assert.deepEqual(listUnopened(gzipSync(gzipSync(gzipSync(gzipSync('x'))))), [
    'gzip: gzip: gzip: it is nested deeper than the limit allows',
  ]);
  assert.deepEqual(listUnopened(Buffer.concat(Array(20).fill(buildZip('a', Buffer.from('x'))))), [
    'zip: it has more members than the limit allows',
  ]);
  assert.deepEqual(listUnopened(Buffer.from('fd377a585a000004', 'hex')), ['xz: this format cannot be opened']);
  assert.deepEqual(listUnopened(buildZip('a', Buffer.from('x'), { flags: 1 })), ['zip member a: it is encrypted']);
  assert.deepEqual(listUnopened(Buffer.from('1f8b08ffffff', 'hex')), ['gzip: it is damaged']);
});

/** One deflated member (APPNOTE.TXT, 4.3.7), without a directory. */
function buildZip(name: string, content: Buffer, options: { withSizes?: boolean; flags?: number } = {}): Buffer {
  const packed = deflateRawSync(content);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(options.flags ?? 0, 6);
  header.writeUInt16LE(8, 8);
  if (options.withSizes !== false) header.writeUInt32LE(packed.length, 18);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, Buffer.from(name), packed]);
}

/** One member (POSIX ustar). */
function buildTar(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('0', 156);
  header.write('ustar\0', 257);
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return Buffer.concat([header, content, padding, Buffer.alloc(1024)]);
}
