import assert from 'node:assert/strict';
import test from 'node:test';
import { emitFindings, listVariedFindings } from '../../test/a-reported-finding.ts';
import { defectdojo } from './defectdojo.ts';

test('each finding has what the generic import requires, and severities have its words', async () => {
  const { findings } = JSON.parse(await emitFindings(defectdojo, listVariedFindings())) as { findings: Record<string, unknown>[] };

  assert.equal(findings.length, 8);
  for (const { title, severity, description } of findings) {
    assert.ok(typeof title === 'string' && typeof description === 'string');
    assert.ok(['Critical', 'High', 'Medium', 'Low', 'Info'].includes(severity as string));
  }
  assert.deepEqual(
    ['cve', 'cwe', 'component_name', 'component_version', 'cvssv3', 'cvssv3_score', 'fix_available', 'date', 'active'].map(
      (name) => findings[0]![name],
    ),
    ['CVE-2019-10744', 1321, 'lodash', '4.17.11', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H', 9.1, true, '2026-01-30', true],
  );
});

test('what nobody rated is not harmless there, and what does not count is not active', async () => {
  const { findings } = JSON.parse(await emitFindings(defectdojo, listVariedFindings())) as { findings: Record<string, unknown>[] };

  assert.equal(findings[1]!['severity'], 'High');
  assert.ok((findings[1]!['tags'] as string[]).includes('severity-unknown'));
  assert.deepEqual([findings[2]!['active'], findings[2]!['false_p']], [false, true]);
});
