import { severities } from '@deployguard/findings';
import type { Finding, Severity } from '@deployguard/findings';
import type { ReportSummary } from './report.ts';

/** Counts findings, in all and by severity. */
export function summarizeFindings(findings: Iterable<Pick<Finding, 'severity'>>): ReportSummary {
  const bySeverity = Object.fromEntries(severities.map((severity) => [severity, 0])) as Record<Severity, number>;
  let total = 0;
  for (const { severity } of findings) {
    bySeverity[severity]++;
    total++;
  }
  return { total, bySeverity };
}
