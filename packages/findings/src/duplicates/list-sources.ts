import type { ReportedFinding } from '../reported-finding.ts';

/** A finding as one of the sources of a merged one. */
export function listSources(finding: ReportedFinding): NonNullable<ReportedFinding['sources']> {
  const { sources, fingerprint, tool, rule, severity } = finding;
  return sources ?? [{ fingerprint, tool: tool.name, format: tool.format, ruleId: rule.id, severity: severity.label }];
}
