import assert from 'node:assert/strict';
import test from 'node:test';
import { aFinding, aReport, emitText, hostileTexts } from '../../test/a-report.ts';
import { json } from './json.ts';

test('the document holds the report, and each finding unchanged', async () => {
  const findings = hostileTexts.map((text) => aFinding({ title: text, description: text, location: { path: text, line: 7 } }));

  const document = JSON.parse(await emitText(json, aReport(findings)));

  assert.equal(document.schemaVersion, '1.0');
  assert.deepEqual(document.tool, { name: 'deployguard', version: '1.2.3' });
  assert.deepEqual(document.summary, {
    total: findings.length,
    bySeverity: { critical: 0, high: findings.length, medium: 0, low: 0, info: 0 },
  });
  assert.deepEqual(document.findings, findings);
});

test('a report without findings is valid', async () => {
  const document = JSON.parse(await emitText(json, aReport([])));

  assert.deepEqual(document.findings, []);
  assert.equal('dropped' in document, false);
});

test('dropped matches stand apart from findings, with their reason', async () => {
  const dropped = [{ ruleId: 'acme-token', path: 'a', line: 1, reason: 'checksum', explanation: 'Its checksum is wrong.' }];

  const document = JSON.parse(await emitText(json, aReport([], { dropped })));

  assert.deepEqual(document.dropped, dropped);
});

test('fields that a finding carries beyond its type are not written', async () => {
  const finding = { ...aFinding(), internal: 'not for reports' };

  const text = await emitText(json, aReport([finding]));

  assert.equal(text.includes('not for reports'), false);
});
