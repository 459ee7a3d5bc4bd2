import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestRepository } from '@deployguard/testkit';
import fc from 'fast-check';
import { parseCommit } from './parse-commit.ts';
import { parseIdentity } from './parse-identity.ts';
import { parseTag } from './parse-tag.ts';
import { parseTree } from './parse-tree.ts';

const oid = '0123456789abcdef0123456789abcdef01234567';
const otherOid = 'ffffffffffffffffffffffffffffffffffffffff';

test('a commit comes apart as git log shows it', async () => {
  await using repository = createTestRepository();
  const first = repository.commit({ files: { a: '1' } });
  const second = repository.commit({
    files: { b: '2' },
    author: 'Zoë <zoe@example.com>',
    committer: 'Bob <bob@example.com>',
    message: 'Title\n\nBody\n',
  });
  const content = Buffer.from(await repository.git(['cat-file', 'commit', second]));

  const commit = parseCommit(content);

  assert.deepEqual(
    [commit.parents.map((parent) => parent.oid), commit.tree?.oid],
    [[first], (await repository.git(['rev-parse', 'HEAD^{tree}'])).trim()],
  );
  const [name, email, time] = (await repository.git(['log', '-1', '--format=%an%n%ae%n%at'])).trim().split('\n');
  const author = parseIdentity(content.subarray(commit.author!.start, commit.author!.end));
  assert.deepEqual([Buffer.from(author.name, 'latin1').toString(), author.email, String(author.timeSeconds)], [name, email, time]);
  assert.equal(content.subarray(commit.message.start, commit.message.end).toString(), 'Title\n\nBody\n');
});

test('malformed commits come apart without loss', () => {
  const head = `tree ${oid}\nparent ${otherOid}\n`;
  const cases: Record<string, { text: string; message: string; headers: string[] }> = {
    'continuation lines': {
      text: `${head}gpgsig -----BEGIN\n abc\n \n -----END\nauthor A <a> 1 +0000\n\nm`,
      message: 'm',
      headers: ['tree', 'parent', 'gpgsig', 'author'],
    },
    'a mergetag': {
      text: `${head}mergetag object ${oid}\n type commit\n \n text\n\nm\n`,
      message: 'm\n',
      headers: ['tree', 'parent', 'mergetag'],
    },
    'an unknown header': { text: `${head}HG:extra a:b\n\nm`, message: 'm', headers: ['tree', 'parent', 'HG:extra'] },
    'two authors': {
      text: `${head}author A <a> 1 +0\nauthor B <b> 2 +0\n\n`,
      message: '',
      headers: ['tree', 'parent', 'author', 'author'],
    },
    'NUL in the message': { text: `${head}\na\0b`, message: 'a\0b', headers: ['tree', 'parent'] },
    'no empty line': { text: `${head}author A <a> 1 +0`, message: '', headers: ['tree', 'parent', 'author'] },
    'an empty line alone behind the headers': { text: `${head}\n`, message: '', headers: ['tree', 'parent'] },
    'leading empty lines in the message': { text: `${head}\n\n\nm\r\n\n`, message: '\n\nm\r\n\n', headers: ['tree', 'parent'] },
    'a header without value': { text: `${head}lonely\n\nm`, message: 'm', headers: ['tree', 'parent', 'lonely'] },
    'a first line that continues nothing': { text: ` x\ntree ${oid}\n\nm`, message: 'm', headers: ['', 'tree'] },
    nothing: { text: '', message: '', headers: [] },
  };

  for (const [name, { text, message, headers }] of Object.entries(cases)) {
    const content = Buffer.from(text, 'latin1');
    const commit = parseCommit(content);
    assert.equal(content.toString('latin1', commit.message.start, commit.message.end), message, name);
    assert.deepEqual(
      commit.headers.map((header) => header.name),
      headers,
      name,
    );
  }
});

test('headers and message cover every byte of whatever is taken for a commit or tag', () => {
  const piece = fc.constantFrom(
    'tree ',
    'parent ',
    oid,
    '\n',
    ' ',
    '\0',
    'author A <a@b> 1 +0000',
    'x',
    '\n\n',
    '\r\n',
    '-----BEGIN PGP SIGNATURE-----',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const content = Buffer.from(pieces.join(''), 'latin1');
      const { headers, message } = parseCommit(content);
      let end = 0;
      for (const header of headers) {
        assert.equal(header.start, end);
        assert.ok(header.start <= header.value.start && header.value.start <= header.value.end && header.value.end <= header.end);
        end = header.end;
      }
      // At most the one line feed of the empty line lies between.
      assert.ok(message.start === end || (message.start === end + 1 && content[end] === 0x0a));
      assert.equal(message.end, content.length);
      parseTag(content);
    }),
    { numRuns: 500 },
  );
});

test('an id that is none is no tree and no parent', () => {
  const commit = parseCommit(Buffer.from(`tree ${oid}x\nparent 123\nparent ${otherOid}\n\n`));

  assert.equal(commit.tree, undefined);
  assert.deepEqual(
    commit.parents.map((parent) => parent.oid),
    [otherOid],
  );
});

test('identities are read however they are broken', () => {
  const cases: Record<string, [name: string, email: string, timeSeconds: number | undefined, zone: string | undefined]> = {
    'Ada <a@b> 12 +0200': ['Ada', 'a@b', 12, '+0200'],
    '<a@b> 12 +0200': ['', 'a@b', 12, '+0200'],
    'Ada<a@b> 12 -7247': ['Ada', 'a@b', 12, '-7247'],
    'Ada <<a@b>> 12 +0000': ['Ada', '<a@b', 12, '+0000'],
    'Ada <a@b>': ['Ada', 'a@b', undefined, undefined],
    'Ada 12 +0000': ['Ada 12 +0000', '', undefined, undefined],
    'Ada <a@b> -5 +5': ['Ada', 'a@b', -5, '+5'],
    'Ada <a@b> never': ['Ada', 'a@b', undefined, undefined],
    'Ada <a@b> 18446744073709551615 +0000': ['Ada', 'a@b', undefined, undefined],
    'Ada <a@b': ['Ada', 'a@b', undefined, undefined],
    '': ['', '', undefined, undefined],
  };

  for (const [text, [name, email, timeSeconds, zone]] of Object.entries(cases)) {
    assert.deepEqual(parseIdentity(Buffer.from(text)), { name, email, timeSeconds, zone }, text);
  }
});

test('a signed tag tells where its signature begins', () => {
  const signature = '-----BEGIN PGP SIGNATURE-----\nabc\n-----END PGP SIGNATURE-----\n';
  const content = Buffer.from(
    `object ${oid}\ntype commit\ntag v1\ntagger A <a> 1 +0\n\nRelease, not -----BEGIN PGP SIGNATURE-----\n${signature}`,
  );

  const tag = parseTag(content);

  assert.deepEqual([tag.object?.oid, tag.type, content.toString('latin1', tag.name!.start, tag.name!.end)], [oid, 'commit', 'v1']);
  assert.equal(content.toString('latin1', tag.signatureStart), signature);
});

test('a tag without tagger, message or signature is a tag', () => {
  const tag = parseTag(Buffer.from(`object ${oid}\ntype tree\ntag old\n`));

  assert.deepEqual([tag.object?.oid, tag.type, tag.tagger, tag.signatureStart], [oid, 'tree', undefined, undefined]);
});

for (const hashBytes of [20, 32] as const) {
  test(`tree entries of ${hashBytes}-byte ids stand as they are written: unsorted, duplicate, padded, with any name`, () => {
    const id = Buffer.alloc(hashBytes, 0xab);
    const rows: [mode: string, name: string][] = [
      ['100644', 'z'],
      ['040000', 'a'],
      ['40000', 'a'],
      ['100664', 'new\nline'],
      ['0100644', 'quote"'],
      ['120000', 'link'],
      ['160000', 'module'],
      ['100755', '\xff\xfe'],
      ['100644', ''],
      ['100644', 'with/slash and space'],
    ];
    const content = Buffer.concat(rows.flatMap(([mode, name]) => [Buffer.from(`${mode} ${name}\0`, 'latin1'), id]));

    const entries = parseTree(content, hashBytes);

    assert.deepEqual(
      entries.map((entry) => [entry.mode, entry.name.toString('latin1')]),
      rows,
    );
    assert.deepEqual(
      entries.map((entry) => entry.type),
      ['blob', 'tree', 'tree', 'blob', 'blob', 'blob', 'commit', 'blob', 'blob', 'blob'],
    );
    assert.ok(entries.every((entry) => entry.oid === 'ab'.repeat(hashBytes) && content.subarray(entry.oidOffset, entry.end).equals(id)));
    assert.equal(entries.at(-1)?.end, content.length);
    assert.equal(entries[5]?.isSymlink, true);
  });
}

test('a damaged tree ends where it is damaged', () => {
  const row = Buffer.concat([Buffer.from('100644 a\0'), Buffer.alloc(20, 1)]);

  for (const damage of ['100644 b\0short', '100644 b', '100644', '9 b\0', ' b\0', 'x', '00000000000000 b\0']) {
    const entries = parseTree(Buffer.concat([row, Buffer.from(damage)]), 20);
    assert.deepEqual(
      entries.map((entry) => entry.end),
      [row.length],
      damage,
    );
  }
  assert.deepEqual(parseTree(Buffer.alloc(0), 20), []);
});

test('no bytes make a parser throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const content = Buffer.from(bytes);
      parseTree(content, 20);
      parseCommit(content);
      parseTag(content);
      parseIdentity(content);
    }),
    { numRuns: 500 },
  );
});
