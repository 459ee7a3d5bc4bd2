import assert from 'node:assert/strict';
import test from 'node:test';
import { parse } from 'csv-parse/sync';
import { hostileTexts } from '../../test/a-report.ts';
import { aReportedFinding, emitFindings, listVariedFindings } from '../../test/a-reported-finding.ts';
import { csv } from './csv.ts';

// RFC 4180; the reader is a library of others.
const strict = { columns: true, record_delimiter: '\r\n', relax_quotes: false } as const;

test('a strict reader gets back a row a finding', async () => {
  const rows: Record<string, string>[] = parse(await emitFindings(csv, listVariedFindings()), strict);

  assert.equal(rows.length, 8);
  const { description, ...first } = rows[0]!;
  assert.equal(description, 'The function\ndefaultsDeep.');
  assert.deepEqual(first, {
    fingerprint: '1'.repeat(32),
    kind: 'vulnerability',
    severity: 'critical',
    tools: 'Acme',
    rule: 'CVE-2019-10744',
    title: 'Prototype pollution',
    aliases: 'CVE-2019-10744 GHSA-jf85-cpcp-j695',
    cwes: 'CWE-1321',
    cvss: '9.1',
    epss: '0.05',
    known_exploited: 'true',
    package: 'lodash',
    version: '4.17.11',
    fixed_versions: '4.17.12',
    path: 'web/package-lock.json',
    line: '',
    column: '',
    url: '',
    host: '',
    port: '',
    resource: '',
    asset: 'app:1',
    suppressed: '',
    found_at: '2026-01-30T10:00:00.000Z',
    remedy: 'Take 4.17.12.',
  });
});

test('P10: no cell starts with what a spreadsheet takes for a formula', async () => {
  for (const text of hostileTexts) {
    const finding = aReportedFinding({
      title: text,
      description: text,
      remedy: text,
      rule: { id: text },
      location: { path: text, resource: text },
    });

    const rows: Record<string, string>[] = parse(await emitFindings(csv, [finding]), strict);

    for (const cell of Object.values(rows[0]!)) assert.doesNotMatch(cell, /^[=+\-@\t\r\n\0＝＋－＠]/u);
  }
});
