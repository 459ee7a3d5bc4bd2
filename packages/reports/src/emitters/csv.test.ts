import assert from 'node:assert/strict';
import test from 'node:test';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { aFinding, aReport, emitText, hostileTexts } from '../../test/a-report.ts';
import { csv } from './csv.ts';

// RFC 4180: CRLF between records, quotes doubled; the reader is a library of others.
const strict = { columns: true, record_delimiter: '\r\n', relax_quotes: false } as const;

test('a strict reader gets back a row a finding', async () => {
  const commit = {
    id: 'c'.repeat(40),
    authorName: 'Jane, "JD" Doe',
    authorEmail: 'jane@example.org',
    date: '2026-01-31T10:00:00Z',
    subject: 'a\nb',
  };
  const finding = aFinding({
    location: { path: 'src/a.ts', line: 3, column: 14, commit },
    details: { preview: 'acm...xyz', commitCount: 4 },
  });

  const rows: Record<string, string>[] = parse(await emitText(csv, aReport([finding])), strict);

  assert.deepEqual(rows, [
    {
      id: '0123456789abcdef',
      severity: 'high',
      rule: 'acme-token',
      title: 'Acme token',
      path: 'src/a.ts',
      line: '3',
      column: '14',
      commit: 'c'.repeat(40),
      author: 'Jane, "JD" Doe',
      email: 'jane@example.org',
      date: '2026-01-31T10:00:00Z',
      subject: 'a\\nb',
      preview: 'acm...xyz',
      secret: '',
      carrier: '',
      commits: '4',
      in_head: '',
      description: 'Acme token in the file src/a.ts.',
    },
  ]);
});

test('P10: no cell starts with what a spreadsheet takes for a formula', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.constantFrom(...hostileTexts), fc.string({ unit: 'binary' })), async (text) => {
      const finding = aFinding({ title: text, description: text, location: { path: text } });

      const rows: Record<string, string>[] = parse(await emitText(csv, aReport([finding])), strict);

      assert.equal(rows.length, 1);
      for (const cell of Object.values(rows[0]!)) assert.doesNotMatch(cell, /^[=+\-@\t\r\n\0＝＋－＠]/u);
    }),
  );
});

test('line ends are escapes but for those of a value: a path reads alike in its column and in the description', async () => {
  const finding = aFinding({ description: 'in a\r\nb\tc', location: { path: 'a\r\nb\tc' }, details: { secret: 'a\nb' } });

  const rows: Record<string, string>[] = parse(await emitText(csv, aReport([finding])), strict);

  assert.deepEqual(
    ['path', 'secret', 'description'].map((name) => rows[0]![name]),
    ['a\\r\\nb\\tc', 'a\nb', 'in a\\r\\nb\\tc'],
  );
});

test('text without danger is written as it is', async () => {
  const finding = aFinding({ title: 'a,b "c" é 😀', location: { path: 'a=b' } });

  const rows: Record<string, string>[] = parse(await emitText(csv, aReport([finding])), strict);

  assert.equal(rows[0]!['title'], 'a,b "c" é 😀');
  assert.equal(rows[0]!['path'], 'a=b');
});
