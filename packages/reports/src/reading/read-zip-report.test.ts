import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ZipFile } from 'yazl';
import { gitleaks } from '../formats/gitleaks.ts';
import { openAccount } from '../report-account.ts';
import { readReport } from '../read-report.ts';
import { recognizeReport } from '../recognize.ts';
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

test('P2 a link, a device or a pipe is none of the files of an archive', async () => {
  const types = { link: 0o120_777, device: 0o020_666, pipe: 0o010_666, file: 0o100_644, 'file that runs as its owner': 0o104_755 };

  const read = Object.entries(types).map(async ([what, mode]) => {
    const archive = await zip({ 'report.json': text }, { mode });
    return [what, await readArchive(archive).catch(({ code }: { code: string }) => code)];
  });

  assert.deepEqual(Object.fromEntries(await Promise.all(read)), {
    link: 'REPORT_UNKNOWN',
    device: 'REPORT_UNKNOWN',
    pipe: 'REPORT_UNKNOWN',
    file: text,
    'file that runs as its owner': text,
  });
});

test('an archive of no file is told', async () => {
  for (const files of [{}, { 'empty/': '' }]) {
    await assert.rejects(readArchive(await zip(files)), { code: 'REPORT_UNKNOWN' });
  }
  assert.deepEqual(readdirSync(workDirectory), []);
});

test('reports of one scanner in an archive are read as one, beside files that are none', async () => {
  const secret = (rule: string): string => JSON.stringify([{ RuleID: rule, Secret: 'x', StartLine: 1 }]);
  const archive = await zip({
    'a.json': secret('one'),
    'readme.txt': 'Hello',
    'b.json.gz': gzipSync(secret('two')),
    'c.zip': await zip({ c: secret('one'), d: '?' }),
  });
  const path = join(mkdtempSync(join(folder, 'case-')), 'archive');
  writeFileSync(path, archive);
  const account = openAccount();
  const rules: string[] = [];

  {
    await using report = await openReport(path, { workDirectory });
    const recognition = await recognizeReport(report);
    assert.ok(recognition.outcome === 'recognized');
    for await (const batch of readReport(report, recognition, account))
      rules.push(...batch.map(({ rule, fingerprint }) => `${rule.id} ${fingerprint}`));
  }

  assert.deepEqual(
    rules.map((rule) => rule.split(' ')[0]),
    ['one', 'two', 'one'],
  );
  assert.equal(new Set(rules).size, 3);
  assert.deepEqual(account, { entries: 5, mapped: 3, findings: 3, skipped: { 'other file of the archive': 2 }, lost: {} });
  assert.deepEqual(readdirSync(workDirectory), []);
});

test('reports of several scanners in an archive are told from one, and who names the scanner gets its reports', async () => {
  const archive = await zip({ 'a.json': '[{"RuleID": "r", "Secret": "x", "StartLine": 1}]', 'b.json': '{"version": "2.1.0", "runs": []}' });
  const path = join(mkdtempSync(join(folder, 'case-')), 'archive');
  writeFileSync(path, archive);
  await using report = await openReport(path, { workDirectory });

  const recognition = await recognizeReport(report);
  const named = await recognizeReport(report, [gitleaks]);

  assert.deepEqual(recognition, { outcome: 'ambiguous', candidates: ['gitleaks', 'sarif'] });
  assert.equal(named.outcome, 'recognized');
});

test('an archive of files that say nothing cannot be told', async () => {
  const outcomes = await Promise.all(
    [
      { 'a.json': '[]', 'b.json': '{}' },
      { 'a.json': '[]', 'b.txt': 'Hello' },
    ].map(async (files) => {
      const path = join(mkdtempSync(join(folder, 'case-')), 'archive');
      writeFileSync(path, await zip(files));
      await using report = await openReport(path, { workDirectory });
      return await recognizeReport(report);
    }),
  );

  assert.deepEqual(outcomes, [{ outcome: 'empty' }, { outcome: 'unknown' }]);
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

  const several = await zip({ 'a.json': text, 'b.json': text });
  const second = several.lastIndexOf('PK\x01\x02', undefined, 'latin1');
  const severalCases = {
    'content of the second changed': changeByte(several, several.indexOf('PK\x03\x04', 4, 'latin1') + 40),
    'second larger than it says': changeByte(several, second + 24),
    'second beyond the end': changeByte(several, second + 21),
  };

  for (const [name, content] of Object.entries({ ...cases, ...severalCases })) {
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

  for (const archive of [
    await zip({ bomb: Buffer.alloc(65 << 20) }),
    nested,
    many,
    await zip(Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`${index}`, '']))),
  ]) {
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

async function zip(
  files: Readonly<Record<string, string | Buffer>>,
  options: { readonly compress?: boolean; readonly mode?: number } = {},
): Promise<Buffer> {
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
