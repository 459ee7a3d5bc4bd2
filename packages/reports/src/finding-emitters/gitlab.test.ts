import assert from 'node:assert/strict';
import test from 'node:test';
import { emitFindings, listVariedFindings } from '../../test/a-reported-finding.ts';
import { readBack } from '../../test/read-back.ts';
import { gitlab } from './gitlab.ts';

// Required members by the published schemas of version 15, for each kind of report.
const required = {
  sast: ['file'],
  secret_detection: ['file', 'commit'],
  dependency_scanning: ['file', 'dependency'],
  container_scanning: ['dependency', 'operating_system', 'image'],
  dast: ['hostname'],
} as const;

const held = listVariedFindings().filter((finding) => gitlab.holds!(finding));

test('each finding makes a report of its kind of scan with what GitLab requires, which is read back', async () => {
  const scans = [];
  for (const finding of held) {
    const text = await emitFindings(gitlab, [finding]);
    const { scan, vulnerabilities, version, ...others } = JSON.parse(text) as {
      version: string;
      scan: Record<string, unknown> & { type: keyof typeof required };
      vulnerabilities: (Record<string, unknown> & { location: object; identifiers: object[] })[];
    };

    scans.push(scan.type);
    assert.match(version, /^15\.\d+\.\d+$/);
    for (const name of ['analyzer', 'scanner', 'start_time', 'end_time', 'status', 'type']) assert.ok(name in scan, name);
    assert.match(scan['start_time'] as string, /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/);
    if (scan.type === 'dependency_scanning') assert.ok('dependency_files' in others);
    const [vulnerability] = vulnerabilities;
    for (const name of ['id', 'identifiers', 'location', 'severity']) assert.ok(name in vulnerability!, name);
    assert.match(vulnerability!['severity'] as string, /^(?:Critical|High|Medium|Low|Info|Unknown)$/);
    for (const name of required[scan.type]) assert.ok(name in vulnerability!.location, name);
    for (const identifier of vulnerability!.identifiers) assert.ok('type' in identifier && 'name' in identifier && 'value' in identifier);
    const [read] = await readBack(text);
    assert.deepEqual([read!.title, read!.severity.label], [finding.title, finding.severity.label]);
  }
  assert.deepEqual(scans, ['container_scanning', 'sast', 'secret_detection', 'sast', 'dast', 'dast']);
});

test('findings of several kinds of scan are refused with what to do', async () => {
  await assert.rejects(emitFindings(gitlab, held), {
    code: 'REPORT_MIXED',
    message: /container_scanning, dast, sast, secret_detection\. Choose one with --kind/,
  });
});
