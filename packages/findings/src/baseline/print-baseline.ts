import type { Baseline, KnownFinding } from './baseline.ts';

/** A file that version control shows well: sorted, a line a finding, the same for the same findings. */
export function printBaseline(findings: readonly KnownFinding[]): string {
  const schemaVersion: Baseline['schemaVersion'] = 'findings-1';
  const sorted = findings.toSorted((a, b) => (a.fingerprints[0]! < b.fingerprints[0]! ? -1 : 1));
  const lines = sorted.map((finding) => `\n    ${JSON.stringify(finding)}`);
  return `{\n  "schemaVersion": "${schemaVersion}",\n  "findings": [${lines.join(',')}${lines.length > 0 ? '\n  ' : ''}]\n}\n`;
}
