import type { ReportedFinding } from '@deployguard/findings';
import type { FindingEmitter } from '../src/finding-emitters/finding-emitter.ts';

/** A finding of a scanner; state only what matters to the test. */
export function aReportedFinding(changes: Partial<ReportedFinding> = {}): ReportedFinding {
  return {
    fingerprint: '00112233445566778899aabbccddeeff',
    kind: 'weakness',
    tool: { name: 'Acme', version: '1.2.3', format: 'acme' },
    rule: { id: 'acme-1' },
    title: 'Something is wrong',
    severity: { label: 'high', original: 'HIGH', source: 'tool' },
    ...changes,
  };
}

/** One of each kind, with all that a finding can have. */
export function listVariedFindings(): ReportedFinding[] {
  return [
    aReportedFinding({
      fingerprint: '1'.repeat(32),
      kind: 'vulnerability',
      rule: { id: 'CVE-2019-10744', name: 'lodash', helpUri: 'https://example.org/cve' },
      title: 'Prototype pollution',
      description: 'The function\ndefaultsDeep.',
      remedy: 'Take 4.17.12.',
      severity: { label: 'critical', source: 'cvss' },
      cvss: [{ version: '3.1', score: 9.1, vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H', source: 'nvd' }],
      cwes: [1321],
      aliases: ['CVE-2019-10744', 'GHSA-jf85-cpcp-j695'],
      package: { name: 'lodash', version: '4.17.11', fixedVersions: ['4.17.12'], purl: 'pkg:npm/lodash@4.17.11', ecosystem: 'npm' },
      location: { path: 'web/package-lock.json' },
      asset: { type: 'image', name: 'app:1' },
      references: ['https://example.org/advisory', 'not an address'],
      epss: { score: 0.05, percentile: 0.9 },
      isKnownExploited: true,
      foundAt: '2026-01-30T10:00:00.000Z',
      publishedAt: '2019-07-26T00:00:00.000Z',
    }),
    aReportedFinding({
      fingerprint: '2'.repeat(32),
      rule: { id: 'G101' },
      cwes: [798],
      location: { path: '/src/a b/ü#.go', line: 7, column: 2, endLine: 8, endColumn: 5 },
      toolFingerprints: [{ name: 'primaryLocationLineHash', value: 'abc:1', isPartial: true }],
      severity: { label: 'unknown', source: 'none' },
    }),
    aReportedFinding({
      fingerprint: '3'.repeat(32),
      kind: 'secret',
      location: { path: '.env', line: 1, commit: 'c'.repeat(40) },
      suppression: { kind: 'false-positive', reason: 'an example' },
    }),
    aReportedFinding({
      fingerprint: '4'.repeat(32),
      kind: 'misconfiguration',
      location: { resource: 'arn:aws:s3:::b', region: 'eu-west-1' },
      severity: { label: 'low', source: 'tool' },
    }),
    aReportedFinding({
      fingerprint: '5'.repeat(32),
      location: { url: 'https://example.org/login?a=1', method: 'POST', parameter: 'user' },
    }),
    aReportedFinding({
      fingerprint: '6'.repeat(32),
      tool: { name: 'Nessus', format: 'nessus' },
      kind: 'vulnerability',
      location: { host: '10.0.0.1', port: 443 },
      severity: { label: 'info', source: 'tool' },
    }),
    aReportedFinding({ fingerprint: '7'.repeat(32), kind: 'license', rule: { id: 'GPL-3.0' }, package: { name: 'x' } }),
    aReportedFinding({ fingerprint: '8'.repeat(32), kind: 'quality' }),
  ];
}

/** What is written of the findings that the format holds. */
export async function emitFindings(emitter: FindingEmitter, findings: readonly ReportedFinding[]): Promise<string> {
  const held = findings.filter((finding) => emitter.holds?.(finding) ?? true);
  let text = '';
  for await (const piece of emitter.emit(held, {
    producer: { name: 'DeployGuard', version: '0.1.0' },
    writtenAt: '2026-01-31T10:00:00.000Z',
  }))
    text += piece;
  return text;
}
