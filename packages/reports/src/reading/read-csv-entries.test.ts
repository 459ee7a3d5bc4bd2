import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCsvEntries } from './read-csv-entries.ts';
import { holdReport } from './report-bytes.ts';

for (const delimiter of [',', ';', '\t', '|']) {
  test(`rows below the names of the columns are entries, divided by ${JSON.stringify(delimiter)}, whatever stands before them`, async () => {
    const lines = [
      ['About the scan'],
      ['Id', '"Name"', 'Text'],
      ['1', `"a ""b""${delimiter} c"`, '"two\nlines"'],
      ['2', '', ' x ', 'too many'],
      ['3'],
    ];

    const entries = await read(lines.map((line) => line.join(delimiter)).join('\r\n'));

    assert.deepEqual(entries, [
      ['1', `a "b"${delimiter} c`, 'two\nlines'],
      ['2', undefined, 'x'],
      ['3', undefined, undefined],
    ]);
  });
}

test('P9 a quote that is never closed and a row without end are told', async () => {
  await assert.rejects(read('Id,Name,Text\n1,"open\n2,b,c'), { code: 'REPORT_UNREADABLE', message: /line/ });
  await assert.rejects(read(`Id,Name,Text\n1,"${'x'.repeat(9 << 20)}",c`), { code: 'REPORT_TOO_LARGE' });
});

test('P6 large rows come in small batches', async () => {
  const rows = Array.from({ length: 10 }, (_, id) => `${id},a,${'x'.repeat(600_000)}`);

  const sizes: number[] = [];
  for await (const batch of readCsvEntries(holdReport(Buffer.from(`Id,Name,Text\n${rows.join('\n')}`)), { columns: ['Id', 'Name'] }))
    sizes.push(batch.length);

  assert.deepEqual(sizes, [2, 2, 2, 2, 2]);
});

async function read(text: string): Promise<unknown[]> {
  const rows: unknown[] = [];
  for await (const batch of readCsvEntries(holdReport(Buffer.from(text)), { columns: ['Id', 'Name'] })) {
    rows.push(...batch.map((entry) => [entry.field('Id'), entry.field('Name'), entry.field('Text')]));
  }
  return rows;
}
