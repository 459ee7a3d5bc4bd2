import type { ReportFinding } from '@deployguard/contracts';

/** As they stand in `findings.severity`, by their numbers. */
export const severityNames: readonly ReportFinding['severity'][] = ['critical', 'high', 'medium', 'low', 'info', 'unknown'];

export function toSeverityNumber(name: ReportFinding['severity']): number {
  return severityNames.indexOf(name);
}
