import type { ReportFinding, Waiver } from '@deployguard/contracts';
import type { FindingRow, WaiverRow } from './queries.ts';
import { severityNames } from './severity-numbers.ts';

export function toReportFinding(row: FindingRow): ReportFinding {
  return {
    id: row.id,
    assessment_name: row.assessment_name,
    state: row.is_open ? 'open' : 'closed',
    severity: severityNames[row.severity]!,
    kind: row.kind as ReportFinding['kind'],
    tool: row.tool,
    rule_id: row.rule_id,
    title: row.title,
    package_name: row.package_name,
    place: row.place,
    asset: row.asset,
    fix_available: row.has_fix,
    known_exploited: row.is_known_exploited,
    epss: row.epss,
    suppression: row.suppression,
    is_duplicate: row.duplicate_of !== null,
    first_seen_at: row.first_seen_at.toISOString(),
    closed_at: row.closed_at?.toISOString() ?? null,
    triage:
      row.decision === null || row.decided_at === null
        ? null
        : {
            decision: row.decision,
            owner: row.decision_owner ?? '',
            reason: row.decision_reason ?? '',
            until: row.decision_until,
            decided_at: row.decided_at.toISOString(),
          },
  };
}

export function toWaiver({ id, finding, rule, package: pkg, path, owner, reason, until, created_at: createdAt }: WaiverRow): Waiver {
  return { id, finding, rule, package: pkg, path, owner, reason, until, created_at: createdAt.toISOString() };
}
