import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { createRedactor } from '../redact.ts';
import { findInContent, redactContent } from './redact-container.ts';
import { runPython } from './test-python.ts';

const secret = ['tok', 'en_', 'q7Zebra81Kmv', 'Yw20Lp'].join('');
const marker = '***REMOVED***';
const redactor = createRedactor([{ value: secret, replacement: marker }]);

interface Listed {
  readonly name: string;
  readonly date: readonly number[];
  readonly method: number;
  readonly flags: number;
  readonly comment: string;
  readonly extra: string;
  readonly mode: number;
  readonly text: string;
}

/** What Python reads of a zip file, with every checksum verified. */
function list(zip: Buffer): { comment: string; files: Listed[] } {
  const script = `
z = zipfile.ZipFile(io.BytesIO(data))
assert z.testzip() is None
give({'comment': z.comment.decode('latin1'), 'files': [{'name': i.filename, 'date': i.date_time, 'method': i.compress_type,
  'flags': i.flag_bits, 'comment': i.comment.decode('latin1'), 'extra': i.extra.hex(), 'mode': i.external_attr,
  'text': z.read(i).decode('latin1')} for i in z.infolist()]})`;
  return JSON.parse(runPython(script, zip).toString()) as ReturnType<typeof list>;
}

/** The listing of a zip file that differs in the value alone. */
function withoutValue<T>(listing: T): T {
  return JSON.parse(JSON.stringify(listing).replaceAll(secret, marker)) as T;
}

const zipWriter = `
secret = ${JSON.stringify(secret)}
out = io.BytesIO()
def member(z, name, text, method, comment=b'', extra=b'', stream=False):
    i = zipfile.ZipInfo(name, (1999, 12, 31, 23, 58, 2))
    i.compress_type, i.comment, i.extra, i.external_attr = method, comment, extra, 0o100640 << 16
    if stream:
        with z.open(i, 'w', force_zip64=True) as f: f.write(text.encode())
    else:
        z.writestr(i, text)
class Pipe(io.RawIOBase):
    def __init__(self): self.at = 0
    def writable(self): return True
    def write(self, b): out.write(b); self.at += len(b); return len(b)
`;

function redact(zip: Buffer): Buffer {
  const { content, problem } = redactContent(zip, redactor);
  assert.equal(problem, undefined);
  assert.ok(content);
  return content;
}

const mixedZip = runPython(`${zipWriter}
with zipfile.ZipFile(out, 'w') as z:
    member(z, 'mimetype', 'application/x-test', zipfile.ZIP_STORED)
    member(z, 'dir/', '', zipfile.ZIP_STORED)
    member(z, 'dir/stored.txt', 'key = ' + secret + '\\n', zipfile.ZIP_STORED, b'about it', bytes.fromhex('efbe0300010203'))
    member(z, 'untouched.txt', 'nothing\\n' * 500, zipfile.ZIP_DEFLATED)
    member(z, 'deflated.txt', ('key = ' + secret + '\\n') * 300, zipfile.ZIP_DEFLATED)
    member(z, 'last.bin', 'end', zipfile.ZIP_STORED)
    z.comment = b'an archive comment'
give(out.getvalue())`);

test('a zip file loses the value in stored and deflated members and keeps all else', () => {
  const redacted = redact(mixedZip);

  assert.deepEqual(list(redacted), withoutValue(list(mixedZip)));
  assert.equal(findInContent(redacted, redactor.contains), undefined);
});

test('members without a value keep their packed bytes', () => {
  const at = mixedZip.indexOf('untouched.txt');
  const packed = mixedZip.subarray(at, mixedZip.indexOf('PK\x03\x04', at, 'latin1'));

  assert.ok(redact(mixedZip).includes(packed));
});

test('the same comes out every time, and there is nothing to do the second time', () => {
  const once = redact(mixedZip);

  assert.deepEqual(redact(mixedZip), once);
  assert.deepEqual(redactContent(once, redactor), {});
});

test('unzip finds the new zip file in order', () => {
  using directory = createTemporaryDirectory();
  const path = join(directory.path, 'a.zip');
  writeFileSync(path, redact(mixedZip));

  const tested = runPython(`
import subprocess, shutil
give(subprocess.run(['unzip', '-t', ${JSON.stringify(path)}], capture_output=True).returncode if shutil.which('unzip') else 0)`);

  assert.equal(tested.toString(), '0');
  assert.match(execFileSync('python3', ['-m', 'zipfile', '-t', path]).toString(), /Done testing/);
});

test('sizes behind the data and in Zip64 fields are kept in their form', () => {
  const streamed = runPython(`${zipWriter}
with zipfile.ZipFile(Pipe(), 'w') as z:
    member(z, 'a.txt', 'key = ' + secret + '\\n', zipfile.ZIP_DEFLATED)
    member(z, 'b.txt', secret, zipfile.ZIP_DEFLATED, stream=True)
    member(z, 'c.txt', 'clean', zipfile.ZIP_DEFLATED)
give(out.getvalue())`);
  const inZip64 = runPython(`${zipWriter}
with zipfile.ZipFile(out, 'w') as z:
    member(z, 'a.txt', 'key = ' + secret + '\\n', zipfile.ZIP_DEFLATED, stream=True)
    member(z, 'b.txt', 'clean', zipfile.ZIP_STORED)
give(out.getvalue())`);
  const zip64End = runPython(`${zipWriter}
zipfile.ZIP_FILECOUNT_LIMIT = 1
with zipfile.ZipFile(out, 'w') as z:
    member(z, 'a.txt', 'key = ' + secret + '\\n', zipfile.ZIP_STORED)
    member(z, 'b.txt', 'clean', zipfile.ZIP_STORED)
give(out.getvalue())`);
  const signature = Buffer.from('PK\x07\x08', 'latin1');
  const plainAt = streamed.indexOf(signature);
  assert.ok(plainAt > 0 && zip64End.includes('PK\x06\x06', 0, 'latin1'));

  for (const zip of [streamed, inZip64, zip64End]) {
    const redacted = redact(zip);

    assert.deepEqual(list(redacted), withoutValue(list(zip)));
    assert.equal(redacted.includes(signature), zip.includes(signature));
  }
});

test('a value in names and comments goes, and no two members come to share a name', () => {
  const other = 'token_anotherOne99Value';
  const both = createRedactor([secret, other].map((value) => ({ value, replacement: marker })));
  const zip = runPython(`${zipWriter}
with zipfile.ZipFile(out, 'w') as z:
    member(z, 'k-' + secret + '.txt', 'one', zipfile.ZIP_STORED, b'about ' + secret.encode())
    member(z, 'k-${other}.txt', 'two', zipfile.ZIP_DEFLATED)
    member(z, secret + '/in.txt', 'three', zipfile.ZIP_DEFLATED)
    z.comment = b'made with ' + secret.encode()
give(out.getvalue())`);

  const { content } = redactContent(zip, both);

  const { comment, files } = list(content!);
  assert.equal(comment, `made with ${marker}`);
  assert.deepEqual(
    files.map(({ name, text, comment: about }) => [name, text, about]),
    [
      ['k-REMOVED.txt', 'one', `about ${marker}`],
      ['k-REMOVED.txt-2', 'two', ''],
      ['REMOVED/in.txt', 'three', ''],
    ],
  );
});

test('the name in UTF-8 beside an old one follows it', () => {
  const zip = runPython(`${zipWriter}
import struct
name = 'k-' + secret
extra = struct.pack('<HHBL', 0x7075, 5 + len(name), 1, zlib.crc32(name.encode())) + name.encode()
with zipfile.ZipFile(out, 'w') as z: member(z, name, 'one', zipfile.ZIP_STORED, b'', extra)
give(out.getvalue())`);

  const [file] = list(redact(zip)).files;

  const checksum = runPython(`give('%08x' % zlib.crc32(b'k-REMOVED'))`).toString().slice(1, -1);
  const littleEndian = Buffer.from(Buffer.from(checksum, 'hex').toReversed()).toString('hex');
  assert.equal(file!.extra, `75700e0001${littleEndian}${Buffer.from('k-REMOVED').toString('hex')}`);
});

test('an entry that the directory leaves out is cleaned as well', () => {
  const hidden = runPython(`${zipWriter}
with zipfile.ZipFile(out, 'w') as z: member(z, 'old.txt', 'was ' + secret, zipfile.ZIP_DEFLATED)
deleted = out.getvalue()[:z.start_dir]
out = io.BytesIO(); out.write(deleted)
with zipfile.ZipFile(out, 'a') as z: member(z, 'new.txt', 'clean', zipfile.ZIP_DEFLATED)
give(out.getvalue())`);
  assert.notEqual(findInContent(hidden, redactor.contains), undefined);

  const redacted = redact(hidden);

  assert.deepEqual(list(redacted), list(hidden));
  assert.equal(findInContent(redacted, redactor.contains), undefined);
});

test('archives in archives are cleaned from the inside out', () => {
  const nested = runPython(`${zipWriter}
inner = io.BytesIO()
with tarfile.open(fileobj=inner, mode='w:gz') as t:
    i = tarfile.TarInfo('conf/app.env'); text = b'KEY=' + secret.encode(); i.size = len(text); t.addfile(i, io.BytesIO(text))
with zipfile.ZipFile(out, 'w') as z:
    member(z, 'lib/', '', zipfile.ZIP_STORED)
    z.writestr('lib/inner.tar.gz', inner.getvalue())
    z.writestr('again.gz', gzip.compress(gzip.compress(secret.encode())), zipfile.ZIP_DEFLATED)
give(out.getvalue())`);

  const texts = JSON.parse(
    runPython(
      `
z = zipfile.ZipFile(io.BytesIO(data)); assert z.testzip() is None
t = tarfile.open(fileobj=io.BytesIO(z.read('lib/inner.tar.gz')))
give([t.extractfile('conf/app.env').read().decode(), gzip.decompress(gzip.decompress(z.read('again.gz'))).decode()])`,
      redact(nested),
    ).toString(),
  ) as string[];

  assert.deepEqual(texts, [`KEY=${marker}`, marker]);
});

test('a signed archive is cleaned with a warning', () => {
  const jar = runPython(`${zipWriter}
with zipfile.ZipFile(out, 'w') as z:
    member(z, 'META-INF/MANIFEST.MF', 'Manifest-Version: 1.0\\r\\n', zipfile.ZIP_DEFLATED)
    member(z, 'META-INF/ME.RSA', 'signature', zipfile.ZIP_DEFLATED)
    member(z, 'META-INF/' + secret + '.SF', 'signature', zipfile.ZIP_DEFLATED)
    member(z, 'app.properties', 'key=' + secret, zipfile.ZIP_DEFLATED)
give(out.getvalue())`);

  const { content, warning } = redactContent(jar, redactor);

  assert.equal(list(content!).files[3]!.text, `key=${marker}`);
  assert.match(warning!, /META-INF\/ME\.RSA/);
  assert.equal(warning!.includes(secret), false);
});

test('what cannot be read is copied; what cannot be written, or not be judged within limits, stays whole and is told', () => {
  const encrypted = Buffer.from(mixedZip);
  for (const [header, flags] of [
    ['PK\x03\x04', 6],
    ['PK\x01\x02', 8],
  ] as const) {
    const at = encrypted.indexOf('untouched.txt', encrypted.indexOf(header, 0, 'latin1'), 'latin1');
    const headerAt = encrypted.lastIndexOf(header, header === 'PK\x03\x04' ? at : encrypted.lastIndexOf('untouched.txt'), 'latin1');
    encrypted[headerAt + flags]! |= 1;
  }
  const bomb = runPython(`${zipWriter}
with zipfile.ZipFile(out, 'w') as z:
    member(z, 'a.txt', secret, zipfile.ZIP_DEFLATED)
    member(z, 'b.bin', 'x' * 3_000_000, zipfile.ZIP_DEFLATED)
give(out.getvalue())`);
  const cut = mixedZip.subarray(0, mixedZip.lastIndexOf('PK\x05\x06', undefined, 'latin1'));
  const limits = { maxDepth: 5, maxEntries: 100, maxMemberBytes: 1 << 20, maxTotalBytes: 2 << 20, maxRatio: 10_000 };

  assert.equal(redactContent(encrypted, redactor).problem, undefined);
  assert.equal(redactContent(encrypted, redactor).content!.includes(secret), false);
  assert.match(redactContent(bomb, redactor, limits).problem!, /not known what it holds/);
  assert.match(redactContent(bomb, redactor, { ...limits, maxEntries: 1, maxMemberBytes: 8 << 20 }).problem!, /more members/);
  assert.match(redactContent(cut, redactor).problem!, /cut off or damaged/);
});
