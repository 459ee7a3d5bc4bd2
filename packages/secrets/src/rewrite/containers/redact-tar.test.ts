import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { createRedactor } from '../redact.ts';
import { findInContent, redactContent } from './redact-container.ts';
import { runPython } from './test-python.ts';

const secret = ['tok', 'en_', 'q7Zebra81Kmv', 'Yw20Lp'].join('');
const marker = '***REMOVED***';
const redactor = createRedactor([{ value: secret, replacement: marker }]);

interface Listed {
  readonly name: string;
  readonly text: string;
  readonly size: number;
}

/** What Python reads of a tar archive, to its end. */
function list(tar: Buffer): Listed[] {
  const script = `
t = tarfile.open(fileobj=io.BytesIO(data), mode='r:')
files = [{'name': i.name, 'link': i.linkname, 'size': i.size, 'mode': i.mode, 'mtime': i.mtime, 'uid': i.uid, 'uname': i.uname, 'gname': i.gname,
  'type': i.type.decode(), 'pax': {k: v for k, v in i.pax_headers.items() if k != 'size'},
  'text': t.extractfile(i).read().decode('latin1') if i.isreg() else ''} for i in t]
give(files)`;
  return JSON.parse(runPython(script, tar).toString()) as Listed[];
}

function withoutValue(files: Listed[]): Listed[] {
  return (JSON.parse(JSON.stringify(files).replaceAll(secret, marker)) as Listed[]).map((file) => ({
    ...file,
    size: file.text === '' ? file.size : file.text.length,
  }));
}

function writeTar(format: 'USTAR' | 'PAX' | 'GNU', extra = ''): Buffer {
  return runPython(`
secret = ${JSON.stringify(secret)}
out = io.BytesIO()
t = tarfile.open(fileobj=out, mode='w', format=tarfile.${format}_FORMAT)
def member(name, text='', **fields):
    i = tarfile.TarInfo(name)
    i.mtime, i.mode, i.uname, i.gname, i.uid = 946684799, 0o640, 'ada', 'staff', 1000
    for key, value in fields.items(): setattr(i, key, value)
    body = text.encode(); i.size = len(body)
    t.addfile(i, io.BytesIO(body))
member('dir', type=tarfile.DIRTYPE)
member('dir/key.txt', 'key = ' + secret + '\\n')
member('dir/block.txt', ('x' * (512 - len(secret))) + secret)
member('dir/untouched.txt', 'nothing\\n' * 100)
member('deep/' * 25 + 'file.txt', secret * 30)
member('dir/link', type=tarfile.SYMTYPE, linkname='key.txt')
${extra}
t.close()
give(out.getvalue())`);
}

for (const format of ['USTAR', 'PAX', 'GNU'] as const) {
  test(`a ${format} archive loses the value; sizes, checksums and padding are right`, () => {
    const tar = writeTar(format);

    const { content, problem } = redactContent(tar, redactor);

    assert.equal(problem, undefined);
    assert.deepEqual(list(content!), withoutValue(list(tar)));
    assert.equal(content!.length % 10_240, 0);
    assert.equal(findInContent(content!, redactor.contains), undefined);
    assert.deepEqual(redactContent(tar, redactor).content, content);
    assert.deepEqual(redactContent(content!, redactor), {});
  });

  test(`a value in the names, links and owners of a ${format} archive goes`, () => {
    const long = `'${'n'.repeat(90)}/' + secret + '/${'m'.repeat(60)}'`;
    const tar = writeTar(
      format,
      `member('by-' + secret + '.txt', 'text')
member(${long}, 'long')
member('to', type=tarfile.SYMTYPE, linkname='by-' + secret + '.txt')
member('hard', type=tarfile.LNKTYPE, linkname='by-' + secret + '.txt')
member('owned', 'text', uname=secret[:31])
${format === 'PAX' ? `member('commented', 'text', pax_headers={'comment': 'for ' + secret, 'path': 'caf\\u00e9-' + secret})` : ''}`,
    );

    const { content, problem } = redactContent(tar, redactor);

    assert.equal(problem, undefined);
    const expected = withoutValue(list(tar)).map((file) =>
      JSON.stringify(file).replaceAll(/("(?:name|link|path)":"[^"]*)\*\*\*REMOVED\*\*\*/g, '$1REMOVED'),
    );
    assert.deepEqual(
      list(content!).map((file) => JSON.stringify(file)),
      expected,
    );
    assert.equal(findInContent(content!, redactor.contains), undefined);
  });
}

test('a size that stands in a pax header follows', () => {
  const tar = writeTar('PAX', `member('sized', 'key ' + secret, pax_headers={'size': str(4 + len(secret))})\nmember('after', 'text')`);

  const { content } = redactContent(tar, redactor);

  assert.deepEqual(list(content!), withoutValue(list(tar)));
  assert.ok(content!.includes(`size=${4 + marker.length}\n`));
});

test('tar and gzip themselves accept what comes out', () => {
  using directory = createTemporaryDirectory();
  const path = join(directory.path, 'a.tar.gz');

  writeFileSync(path, redactContent(gzipSync(writeTar('GNU')), redactor).content!);

  execFileSync('gzip', ['-t', path]);
  assert.match(execFileSync('tar', ['-tvzf', path]).toString(), /dir\/untouched\.txt/);
  assert.equal(execFileSync('tar', ['-xOzf', path, 'dir/key.txt']).toString(), `key = ${marker}\n`);
});

test('a gzip file keeps its date and name, loses the value in its name, and is whole', () => {
  const named = runPython(`
out = io.BytesIO()
with gzip.GzipFile('dump-${secret}.sql', 'wb', 9, out, 946684799) as f: f.write(b'key = ${secret}\\n' * 1000)
give(out.getvalue())`);

  const { content } = redactContent(named, redactor);

  const read = runPython(
    `
f = gzip.GzipFile(fileobj=io.BytesIO(data)); text = f.read().decode(); give([text, f.mtime])`,
    content,
  );
  assert.deepEqual(JSON.parse(read.toString()), [`key = ${marker}\n`.repeat(1000), 946_684_799]);
  assert.equal(content!.toString('latin1', 10, content!.indexOf(0, 10)), 'dump-REMOVED.sql');
  assert.deepEqual(content!.subarray(0, 10), named.subarray(0, 10));
});

test('a gzip file of several parts is cleaned where the value lies across them', () => {
  const [half, otherHalf] = [secret.slice(0, 9), secret.slice(9)];
  const parts = Buffer.concat([gzipSync(`a ${half}`), gzipSync(`${otherHalf} b`), Buffer.alloc(20)]);

  const { content } = redactContent(parts, redactor);

  assert.equal(gunzipSync(content!).toString(), `a ${marker} b`);
  assert.deepEqual(content!.subarray(-20), Buffer.alloc(20));
});

test('zlib streams and zstd frames are packed anew', () => {
  const zlib = runPython(`give(zlib.compress(b'blob 9\\0key ${secret}', 9) + b'rest')`);

  const { content } = redactContent(zlib, redactor);

  const unpacked = runPython(`d = zlib.decompressobj(); text = d.decompress(data); assert d.eof; give(text + d.unused_data)`, content);
  assert.equal(unpacked.toString('latin1'), `blob 9\0key ${marker}rest`);
});

test('what is cut off, cannot be written or would lose its structure stays whole and is told', () => {
  const pack = (module: string): Buffer => runPython(`import bz2, lzma; give(${module}.compress(b'key ${secret}' * 50))`);
  const bgzf = Buffer.concat([Buffer.from('1f8b08040000000000ff0600424302001b00', 'hex'), gzipSync(`key ${secret}`).subarray(10)]);
  const sparse = writeTar('GNU', `member('sparse', secret, type=b'S')`);

  assert.match(redactContent(gzipSync(`key ${secret}`.repeat(50)).subarray(0, -8), redactor).problem!, /cut off/);
  assert.match(redactContent(writeTar('PAX').subarray(0, 1100), redactor).problem!, /cut off/);
  assert.match(redactContent(bgzf, redactor).problem!, /extra fields/);
  assert.match(redactContent(sparse, redactor).problem!, /sparse/);
  assert.deepEqual(redactContent(pack('bz2'), redactor), {});
  assert.match(redactContent(Buffer.concat([pack('lzma'), Buffer.from(secret)]), redactor).problem!, /xz files are not written/);
});

test('PDF and other files are replaced in as before; a value in a packed stream of a PDF is told', () => {
  const pdf = (stream: Buffer): Buffer => Buffer.concat([Buffer.from('%PDF-1.7\n1 0 obj\nstream\n'), stream, Buffer.from('\nendstream\n')]);
  const packed = runPython(`give(zlib.compress(b'(key ${secret}) Tj'))`);

  assert.match(redactContent(pdf(packed), redactor).problem!, /pdf files are not written/);
  assert.equal(redactContent(pdf(Buffer.from(`(${secret}) Tj`)), redactor).content!.includes(`(${marker}) Tj`), true);
  assert.equal(redactContent(Buffer.from(`\x7fELF${secret}`), redactor).content!.toString(), `\x7fELF${marker}`);
});

test('nesting beyond the limit stays whole and is told when it shows a value', () => {
  let tar: Buffer = Buffer.from(`plain ${secret}`);
  for (let depth = 0; depth < 7; depth++) {
    tar = runPython(
      `
out = io.BytesIO(); t = tarfile.open(fileobj=out, mode='w'); i = tarfile.TarInfo('inner.tar'); i.size = len(data)
t.addfile(i, io.BytesIO(data)); t.close(); give(out.getvalue())`,
      tar,
    );
  }

  assert.match(redactContent(tar, redactor).problem!, /nested too deeply/);
});
