import assert from 'node:assert/strict';
import test from 'node:test';
import { aFinding, aReport, emitText, hostileTexts } from '../../test/a-report.ts';
import { jsonl } from './jsonl.ts';

test('each line is an object that says what it is; the last one tells that the file is whole', async () => {
  const findings = hostileTexts.map((text) => aFinding({ title: text }));

  const text = await emitText(jsonl, aReport(findings, { dropped: [{ ruleId: 'r', reason: 'checksum', explanation: 'x' }] }));

  assert.ok(text.endsWith('\n'));
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map(({ type }) => type),
    ['report', ...findings.map(() => 'finding'), 'dropped', 'end'],
  );
  assert.deepEqual(
    lines.filter(({ type }) => type === 'finding').map(({ title }) => title),
    hostileTexts,
  );
});
