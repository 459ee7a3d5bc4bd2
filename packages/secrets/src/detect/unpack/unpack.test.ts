import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { createSampler } from '../../rules/sampler.ts';
import { createDetector } from '../detector.ts';
import type { DetectorOptions, Unread } from '../detector.ts';
import { deflatedZip, storedZip } from './zip-fixtures.ts';

const sample = createSampler('unpack');
const token = `github_pat_${sample.alnum(22)}_${sample.alnum(59)}`;
const text = Buffer.from(`first\nkey = ${token}\n`);
const folder = mkdtempSync(join(tmpdir(), 'unpack-'));
after(() => rmSync(folder, { recursive: true }));

test('UTF-16 and UTF-32 are read with and without a byte order mark', () => {
  const plain = `line one\r\nkey = ${token} \u00e9\u20ac\u{1f600} end of the line\r\n`;
  for (const mark of ['', '\ufeff']) {
    const littleEndian = Buffer.from(mark + plain, 'utf16le');
    const forms = {
      'utf-16le': littleEndian,
      'utf-16be': Buffer.from(littleEndian).swap16(),
      'utf-32le': toUtf32(mark + plain),
      'utf-32be': toUtf32(mark + plain).swap32(),
    };

    for (const [encoding, content] of Object.entries(forms)) {
      const unitBytes = encoding.startsWith('utf-16') ? 2 : 4;
      const [match] = scan(content).matches;
      assert.deepEqual(match?.encodings, [encoding], `${encoding} ${mark === '' ? 'without' : 'with'} a mark`);
      assert.equal(match.secretStart, (mark + plain).indexOf(token) * unitBytes);
      assert.equal(match.secretEnd - match.secretStart, token.length * unitBytes);
    }
  }
});

test('characters beyond ASCII before a secret do not shift its place', () => {
  const plain = `${'\u20ac\u{1f600}\u00e9 and some more ordinary text, '.repeat(5)}${token}`;

  const [match] = scan(Buffer.from(`\ufeff${plain}`, 'utf16le')).matches;

  assert.equal(match?.secretStart, (1 + plain.indexOf(token)) * 2);
});

test('places in long texts of all kinds of characters are exact', () => {
  const odd = '\u00e9\u20ac\u{1f600}\ud800 mostly plain text, so that it is recognised; ';
  const plain = `\ufeff${odd.repeat(200)}${token} ${odd.repeat(50)}${token}`;
  const content = Buffer.from(plain, 'utf16le');

  const { matches } = scan(content);

  const places = matches.map(({ secretStart, secretEnd }) => content.toString('utf16le', secretStart, secretEnd));
  assert.deepEqual(places, [token, token]);
});

test('ordinary text, source code and images are not wrapped', () => {
  const detector = createDetector({ enabledRules: [] });

  for (const content of [
    '',
    'a',
    'plain text',
    'x\0y',
    '\x89PNG\r\n\x1a\n\0\0\0\rIHDR',
    'PK is not an archive, whatever follows',
    '\0'.repeat(600),
  ]) {
    assert.equal(detector.isWrapped(Buffer.from(content, 'latin1')), false, JSON.stringify(content.slice(0, 20)));
  }
});

test('whether content is wrapped can be told from its first 512 bytes', () => {
  const detector = createDetector({ enabledRules: [] });
  for (const content of [
    gzipSync(Buffer.alloc(9000, 'abc')),
    tarOf({ 'a.txt': text }),
    Buffer.from('plain '.repeat(500)),
    Buffer.from('wide '.repeat(500), 'utf16le'),
  ]) {
    assert.equal(detector.isWrapped(content.subarray(0, 512)), detector.isWrapped(content));
  }
});

test('compressed streams are looked into, also when they are cut short', () => {
  for (const [encoding, content] of Object.entries({ gzip: gzipSync(text), zlib: deflateSync(text), zstd: zstdCompressSync(text) })) {
    const inside = scan(content).matches.find(({ encodings }) => encodings[0] === encoding);
    assert.equal(inside?.secret, token, encoding);
  }
  const random = Buffer.from(sample.base64(3000), 'base64');
  const long = gzipSync(Buffer.concat([text, random]));

  assert.ok(scan(long.subarray(0, long.length - 200)).matches.some(({ encodings }) => encodings[0] === 'gzip'));
});

test('members of archives are named, nested ones with their whole way', () => {
  const archive = deflatedZip({ 'conf/app.tgz': gzipSync(tarOf({ 'app.ini': text })), 'clean.txt': Buffer.from('nothing') });

  const { matches, unread } = scan(archive);

  assert.deepEqual(
    matches.map(({ innerPath, encodings }) => [innerPath, encodings]),
    [['conf/app.tgz!app.ini', ['zip', 'gzip', 'tar']]],
  );
  assert.deepEqual(unread, []);
});

test('a secret that an archive holds unpacked has its exact place and its member, once', () => {
  for (const archive of [tarOf({ 'app.ini': text }), storedZip({ 'app.ini': text })]) {
    const { matches } = scan(archive);

    assert.equal(matches.length, 1);
    assert.equal(matches[0]!.innerPath, 'app.ini');
    assert.equal(archive.toString('latin1', matches[0]!.secretStart, matches[0]!.secretEnd), token);
  }
});

test('P2: links in a tar archive are not followed, long names are read', () => {
  const longName = `${'deep/'.repeat(30)}app.ini`;
  execFileSync('mkdir', ['-p', join(folder, 'links', 'deep/'.repeat(30))]);
  writeFileSync(join(folder, 'links', longName), text);
  symlinkSync('/etc/passwd', join(folder, 'links', 'link'));
  for (const format of ['gnu', 'pax', 'ustar']) {
    const archive = execFileSync('tar', ['-c', `--format=${format}`, '-C', join(folder, 'links'), 'link', longName]);

    assert.deepEqual(
      scan(archive).matches.map(({ innerPath }) => innerPath),
      [longName],
      format,
    );
  }
});

test('P1: names of members are only named, whatever they are', () => {
  const names = ['../../etc/cron.d/x', '/absolute', 'C:\\windows', 'a\0b', 'x\r\nSet-Cookie: y'];

  const { matches } = scan(deflatedZip(Object.fromEntries(names.map((name) => [name, text]))));

  assert.deepEqual(matches.map(({ innerPath }) => innerPath).sort(), names.sort());
});

test('P13: members that the central directory hides are found, and so are those of an archive that is cut', () => {
  const archive = deflatedZip({ 'seen.txt': Buffer.from('nothing'), 'hidden.txt': text });
  const directory = archive.indexOf('PK\x01\x02', 'latin1');
  const second = archive.indexOf('PK\x01\x02', directory + 4, 'latin1');
  const doctored = Buffer.concat([archive.subarray(0, second), archive.subarray(archive.indexOf('PK\x05\x06', 'latin1'))]);

  assert.deepEqual(
    scan(doctored).matches.map(({ innerPath }) => innerPath),
    ['hidden.txt'],
  );
  assert.deepEqual(
    scan(archive.subarray(0, directory)).matches.map(({ innerPath }) => innerPath),
    ['hidden.txt'],
  );
});

test('P3: bombs cost bounded time and memory, and are reported', () => {
  const zeros = gzipSync(Buffer.alloc(300 << 20), { level: 9 });
  const nested = gzipSync(gzipSync(gzipSync(gzipSync(text))));
  const many = storedZip(Object.fromEntries(Array.from({ length: 11_000 }, (_, i) => [`${i}`, Buffer.from('x')])));
  // Every directory entry points to the same member.
  const overlapping = deflatedZip({ a: Buffer.alloc(3 << 20, 'ab') }, { repeatInDirectory: 5000 });
  const expected = {
    zeros: /unpacks to more than/,
    nested: /nested deeper/,
    many: /more than 10000 members/,
    overlapping: /limit on unpacked bytes|unpacks to more than/,
  };

  for (const [name, content] of Object.entries({ zeros, nested, many, overlapping })) {
    const start = process.threadCpuUsage();
    const { unread } = scan(content);
    const used = process.threadCpuUsage(start);

    assert.match(unread.map(({ reason }) => reason).join(), expected[name as keyof typeof expected], name);
    assert.ok(used.user + used.system < 10_000_000, `${name}: ${(used.user + used.system) / 1000} ms`);
  }
});

test('all parts of a gzip or zstd file are read, whatever stands between them, and what spans two of them', () => {
  const [start, end] = [text.subarray(0, 40), text.subarray(40)];
  const note = Buffer.from('502a4d1804000000aabbccdd', 'hex');
  writeFileSync(join(folder, 'named'), 'nothing');
  const named = execFileSync('gzip', ['--name', '--stdout', join(folder, 'named')]);
  const files = {
    'gzip members': [gzipSync('nothing'), gzipSync(text)],
    'a secret in two gzip members': [gzipSync(start), gzipSync(end)],
    'padded gzip members': [gzipSync('nothing'), Buffer.alloc(512), gzipSync(text)],
    'a gzip member before other bytes': [gzipSync(text), Buffer.from('and so on')],
    'a gzip member with a name': [named, gzipSync(text)],
    'zstd frames': [zstdCompressSync('nothing'), zstdCompressSync(text)],
    'a secret in two zstd frames': [zstdCompressSync(start), zstdCompressSync(end)],
    'zstd frames with notes': [note, zstdCompressSync('nothing'), note, zstdCompressSync(text)],
  };

  for (const [name, parts] of Object.entries(files)) {
    const { matches, unread } = scan(Buffer.concat(parts));

    // Some stand in the clear, too.
    assert.deepEqual([new Set(matches.map(({ secret }) => secret)), unread], [new Set([token]), []], name);
  }
});

test('what cannot be read is reported, never passed over', () => {
  const encrypted = storedZip({ 'a.txt': text }, { flags: 1 });
  const cases: [string, Buffer, RegExp][] = [
    ['encrypted', encrypted, /encrypted/],
    ['unknown method', storedZip({ 'a.txt': text }, { method: 12 }), /method 12 is not supported/],
    ['bzip2', Buffer.from('BZh91AY&SY'), /not supported/],
    ['damaged', Buffer.concat([gzipSync(text).subarray(0, 10), Buffer.from([0x07])]), /damaged/],
    ['too large', gzipSync(Buffer.from(sample.base64(4000))), /more than 100 bytes/],
  ];

  for (const [name, content, reason] of cases) {
    const { unread } = scan(content, name === 'too large' ? { unpackLimits: { maxMemberBytes: 100 } } : {});
    assert.match(unread.map((entry) => entry.reason).join(), reason, name);
  }
});

test('no mutation of an archive makes the scan fail', () => {
  const archives = [
    deflatedZip({ 'a.txt': text, 'b.txt': text }),
    tarOf({ 'a.txt': text }),
    gzipSync(text),
    Buffer.from(`\ufeffkey ${token}`, 'utf16le'),
  ];
  for (const archive of archives) {
    for (let round = 0; round < 300; round++) {
      const mutant = Buffer.from(archive);
      const change = createSampler(`${archive.length}:${round}`);
      for (let i = 0; i < 4; i++) mutant[Number(change.digits(6)) % mutant.length] = Number.parseInt(change.hex(2), 16);

      scan(mutant);
    }
  }
});

const detectorOptions: DetectorOptions = { enabledRules: ['github-fine-grained-token'] };

function scan(content: Buffer, options: DetectorOptions = {}) {
  const unread: Unread[] = [];
  const matches = createDetector({ ...detectorOptions, ...options }).scan(content, (entry) => unread.push(entry));
  return { matches, unread };
}

function tarOf(files: Readonly<Record<string, Buffer>>): Buffer {
  const names = Object.keys(files);
  for (const name of names) writeFileSync(join(folder, name), files[name]!);
  const archive = join(folder, 'archive.tar');
  execFileSync('tar', ['-cf', archive, '-C', folder, ...names]);
  return readFileSync(archive);
}

function toUtf32(value: string): Buffer {
  const characters = [...value];
  const bytes = Buffer.alloc(characters.length * 4);
  for (const [index, character] of characters.entries()) bytes.writeUInt32LE(character.codePointAt(0)!, index * 4);
  return bytes;
}
