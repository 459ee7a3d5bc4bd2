import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ZipFile } from 'yazl';
import { openReport } from './open-report.ts';

const folder = mkdtempSync(join(tmpdir(), 'deployguard-zip-'));
const workDirectory = mkdtempSync(join(tmpdir(), 'deployguard-zip-work-'));
after(() => {
  for (const directory of [folder, workDirectory]) rmSync(directory, { recursive: true });
});

const text = '{"name": "Grüße", "items": [1, 2]}';

test('the one file of an archive is the report, whatever systems and people put beside it, and nothing is left behind', async () => {
  const archives = [
    await zip({ 'report.json': text }),
    await zip({ 'report.json': text }, { compress: false }),
    await zip({ 'reports/': '', 'reports/a.json': text, 'reports/.DS_Store': 'x', '__MACOSX/reports/._a.json': 'x' }),
    await zip({ 'report.json.gz': gzipSync(text) }),
    await zip({ 'inner.zip': await zip({ 'utf16.json': Buffer.from(`\ufeff${text}`, 'utf16le') }) }),
  ];

  const read = await Promise.all(archives.map((archive) => readArchive(archive)));

  assert.deepEqual(
    read,
    archives.map(() => text),
  );
  assert.deepEqual(readdirSync(workDirectory), []);
});

test("both documents of Fortify's archives come as one, without their declarations", async () => {
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>';
  const audit = `${declaration}\n<ns2:Audit xmlns:ns2="xmlns://www.fortify.com/schema/audit"/>`;
  const archive = await zip({
    'audit.fvdl': `\ufeff${declaration}<FVDL>${'x'.repeat(5000)}</FVDL>`,
    'audit.xml': audit,
    'src-archive/a.java': 'class A {}',
  });

  const read = await readArchive(archive);

  assert.equal(read, `<Fpr><FVDL>${'x'.repeat(5000)}</FVDL>\n<ns2:Audit xmlns:ns2="xmlns://www.fortify.com/schema/audit"/></Fpr>`);
});

test('an archive of no file or of several is told from a report', async () => {
  for (const files of [{}, { 'empty/': '' }, { 'a.json': text, 'b.json': text }]) {
    await assert.rejects(readArchive(await zip(files)), { code: 'REPORT_UNKNOWN' });
  }
  assert.deepEqual(readdirSync(workDirectory), []);
});

test('P17 an archive that is damaged or encrypted is told, wherever the damage is', async () => {
  const whole = await zip({ 'report.json': text }, { compress: false });
  const directory = whole.indexOf('PK\x01\x02', 0, 'latin1');
  const cases = {
    'cut off': whole.subarray(0, -10),
    'content changed': changeByte(whole, whole.indexOf('Gr')),
    encrypted: changeByte(changeByte(whole, 6), directory + 8),
    'larger than it says': changeByte(whole, directory + 24),
    'nothing but the mark': Buffer.from('PK\x03\x04'),
  };

  for (const [name, content] of Object.entries(cases)) {
    await assert.rejects(readArchive(content), { code: 'REPORT_UNREADABLE' }, name);
  }
  assert.deepEqual(readdirSync(workDirectory), []);
});

test('P3 an archive that unpacks to a hundred times its size, or again and again, or holds too many files, is refused', async () => {
  let nested: Buffer = Buffer.from(text);
  for (let level = 0; level < 6; level++) nested = await zip({ 'inner.zip': nested });
  const many = await zip({ 'report.json': text });
  // Numbers of files in the record at the end.
  const end = many.indexOf('PK\x05\x06', 0, 'latin1');
  for (const at of [8, 10]) many.writeUInt16LE(10_001, end + at);

  for (const archive of [await zip({ bomb: Buffer.alloc(65 << 20) }), nested, many]) {
    await assert.rejects(readArchive(archive), { code: 'REPORT_TOO_LARGE' });
  }
  assert.deepEqual(readdirSync(workDirectory), []);
});

test('P3 a name that leads out of the archive is refused and no file is written by a name', async () => {
  const archive = await zip({ 'aa/evil.json': text });
  const path = Buffer.from(archive.toString('latin1').replaceAll('aa/evil.json', '../evil.json'), 'latin1');

  await assert.rejects(readArchive(path), { code: 'REPORT_UNREADABLE' });
});

async function readArchive(content: Buffer): Promise<string> {
  const path = join(mkdtempSync(join(folder, 'case-')), 'archive');
  writeFileSync(path, content);
  await using report = await openReport(path, { workDirectory });
  const target = Buffer.alloc(report.byteLength);
  await report.read(target, 0);
  return target.toString();
}

async function zip(files: Readonly<Record<string, string | Buffer>>, options: { readonly compress?: boolean } = {}): Promise<Buffer> {
  const archive = new ZipFile();
  for (const [name, content] of Object.entries(files)) {
    if (name.endsWith('/')) archive.addEmptyDirectory(name);
    else archive.addBuffer(Buffer.from(content), name, options);
  }
  archive.end();
  return buffer(archive.outputStream);
}

function changeByte(content: Buffer, at: number): Buffer {
  const changed = Buffer.from(content);
  changed[at]! ^= 1;
  return changed;
}
