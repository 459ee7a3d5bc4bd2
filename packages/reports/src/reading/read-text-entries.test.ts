import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTextEntries } from './read-text-entries.ts';
import type { TextEntry, TextLayout } from './read-text-entries.ts';
import { holdReport } from './report-bytes.ts';

const layout: TextLayout = { begins: /^Name: /, continues: /^\w+: /, context: /^Version: / };

test('an entry goes as far as its lines fit, and knows the context before it', async () => {
  const entries = await read('Scanner\nVersion: 2\r\nName: a\r\nText: 1\n\nVersion: 3\nlost and found\nName: b\nName: c\nEnd: 4');

  assert.deepEqual(entries, [
    { lines: ['Name: a', 'Text: 1'], context: ['Version: 2'] },
    { lines: ['Name: b'], context: ['Version: 2', 'Version: 3'] },
    { lines: ['Name: c', 'End: 4'], context: ['Version: 2', 'Version: 3'] },
  ]);
});

test('an entry may be one line among others', async () => {
  const entries = await read('a=1\nwarning=x\nb=2\nwarning=y', { begins: /^warning=/, context: /^[ab]=/ });

  assert.deepEqual(entries, [
    { lines: ['warning=x'], context: ['a=1'] },
    { lines: ['warning=y'], context: ['a=1', 'b=2'] },
  ]);
});

test('entries come whole wherever the report is cut into pieces', async () => {
  const text = Array.from({ length: 40_000 }, (_, index) => `Name: ${index}\nText: é ${'x'.repeat(index % 50)}\n`).join('\n');

  const entries = await read(text);

  assert.equal(entries.length, 40_000);
  assert.deepEqual(entries[39_999]!.lines, ['Name: 39999', `Text: é ${'x'.repeat(49)}`]);
  assert.ok(entries.every(({ lines }, index) => lines[0] === `Name: ${index}` && lines.length === 2));
});

test('a line without end is refused before it fills the memory', async () => {
  await assert.rejects(read(`Name: ${'x'.repeat(3 << 20)}`), { code: 'REPORT_TOO_LARGE' });
});

test('P6 long lines are held once: batches of them are small, an entry ends with what is held of it, context is cut', async () => {
  const long = 'x'.repeat(600_000);
  const sizes: number[] = [];
  const report = Buffer.from(Array.from({ length: 10 }, () => `Name: ${long}`).join('\n'));
  for await (const batch of readTextEntries(holdReport(report), layout)) sizes.push(batch.length);

  const [entry] = await read(`Version: ${long}\nName: a\nText: ${long}\nText: ${long}\nEnd: 1`);

  assert.deepEqual(sizes, [2, 2, 2, 2, 2]);
  assert.deepEqual(entry, { lines: ['Name: a', `Text: ${long}`, 'End: 1'], context: [`Version: ${long}`.slice(0, 32_768)] });
});

async function read(text: string, wanted: TextLayout = layout): Promise<TextEntry[]> {
  const entries: TextEntry[] = [];
  for await (const batch of readTextEntries(holdReport(Buffer.from(text)), wanted)) entries.push(...batch);
  return entries;
}
