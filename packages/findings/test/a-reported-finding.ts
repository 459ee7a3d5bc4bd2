import type { ReportedFinding } from '../src/reported-finding.ts';

let count = 0;

/** A finding of its own fingerprint; state only what matters to the test. */
export function aReportedFinding(changes: Partial<ReportedFinding> & { readonly by?: string } = {}): ReportedFinding {
  const { by = 'Acme', ...others } = changes;
  return {
    fingerprint: (++count).toString(16).padStart(32, '0'),
    kind: 'weakness',
    tool: { name: by, format: by.toLowerCase() },
    rule: { id: 'rule-1' },
    title: 'Something is wrong',
    severity: { label: 'high', source: 'tool' },
    ...others,
  };
}
