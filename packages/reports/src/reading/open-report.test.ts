import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openReport } from './open-report.ts';

const folder = mkdtempSync(join(tmpdir(), 'deployguard-reports-'));
const workDirectory = mkdtempSync(join(tmpdir(), 'deployguard-reports-work-'));
after(() => {
  for (const directory of [folder, workDirectory]) rmSync(directory, { recursive: true });
});

const text = '{"name": "Grüße 🎈", "items": [1, 2]}';

for (const [name, content] of [
  ['plain', Buffer.from(text)],
  ['UTF-8 with its mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)])],
  ['UTF-16, little end first, with its mark', Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['UTF-16, little end first, without a mark', Buffer.from(text, 'utf16le')],
  ['UTF-16, big end first', Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
  ['gzip', gzipSync(text)],
  ['gzip of UTF-16', gzipSync(Buffer.from(`\ufeff${text}`, 'utf16le'))],
] as const) {
  test(`${name} is read as plain UTF-8, and nothing is left behind`, async () => {
    const path = join(folder, 'report');
    writeFileSync(path, content);

    const report = await openReport(path, { workDirectory });
    const target = Buffer.alloc(report.byteLength);
    await report.read(target, 0);
    await report[Symbol.asyncDispose]();

    assert.equal(target.toString(), text);
    assert.deepEqual(readdirSync(workDirectory), []);
  });
}

test('P17 what is packed and damaged is told', async () => {
  const path = join(folder, 'damaged');
  for (const content of [gzipSync(text).subarray(0, 20), Buffer.from([0x1f, 0x8b, 1, 2, 3])]) {
    writeFileSync(path, content);

    await assert.rejects(openReport(path, { workDirectory }), { code: 'REPORT_UNREADABLE' });
  }
  assert.deepEqual(readdirSync(workDirectory), []);
});

test('P3 what unpacks to a hundred times its size is refused before it fills the disk', async () => {
  const path = join(folder, 'bomb');
  writeFileSync(path, gzipSync(Buffer.alloc(128 << 20)));

  await assert.rejects(openReport(path, { workDirectory }), { code: 'REPORT_TOO_LARGE' });
  assert.deepEqual(readdirSync(workDirectory), []);
});
