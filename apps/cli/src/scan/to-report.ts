import type { Finding } from '@deployguard/findings';
import { type DroppedItem, type Report, type ReportRule, type ReportSubject, summarizeFindings } from '@deployguard/reports';
import type { DroppedFinding, ScanResult, SecretFinding } from '@deployguard/secrets';
import { explainReason } from './explain-reason.ts';
import { secretIdOf } from './group-secrets.ts';

export interface ReportOptions {
  readonly version: string;
  readonly subject: ReportSubject;
  readonly startedAt: Date;
  readonly durationSeconds: number;
  /** What stands for the value: its preview, the value itself, or nothing. */
  readonly showValue: (finding: SecretFinding) => string;
  /** Whether `showValue` gives the value itself. */
  readonly isShown: boolean;
  readonly withDropped: boolean;
}

/** The result of a scan as a report: plain findings, without the values unless they are asked for. */
export function toReport({ findings, dropped, coverage }: ScanResult, options: ReportOptions): Report {
  return {
    tool: { name: 'deployguard', version: options.version },
    subject: options.subject,
    startedAt: options.startedAt.toISOString(),
    durationSeconds: Math.round(options.durationSeconds * 1000) / 1000,
    rules: listRules(findings),
    summary: summarizeFindings(findings),
    findings: Iterator.from(findings).map((finding) => toReportFinding(finding, options)),
    ...(options.withDropped && { dropped: Iterator.from(dropped).map(toDroppedItem) }),
    coverage,
  };
}

function toReportFinding(finding: SecretFinding, options: ReportOptions): Finding {
  const { showValue, isShown } = options;
  const shown = showValue(finding);
  const { last } = finding;
  return {
    id: finding.id,
    kind: finding.kind,
    tool: finding.tool,
    ruleId: finding.ruleId,
    title: finding.title,
    description: finding.description,
    severity: finding.severity,
    location: finding.location,
    ...(finding.guidance && { guidance: finding.guidance }),
    ...(finding.references && { references: finding.references }),
    details: {
      provider: finding.provider,
      precision: finding.precision,
      carrier: finding.carrier,
      ...(finding.encodings.length > 0 && { encodings: finding.encodings.join(' in ') }),
      ...(shown !== '' && { [isShown ? 'secret' : 'preview']: shown }),
      secretId: secretIdOf(finding),
      valueHash: finding.valueHash,
      isInHead: finding.isInHead,
      commitCount: finding.commitCount,
      objectCount: finding.objectCount,
      ...(last && { lastCommit: last.commit.id, lastDate: last.commit.date }),
    },
  };
}

/** A dropped match may still be a secret (an allowed one, say), so its value is not shown either. */
function toDroppedItem(finding: DroppedFinding): DroppedItem {
  const { ruleId, location, reason, preview } = finding;
  return {
    ruleId,
    ...(location.path !== undefined && { path: location.path }),
    ...(location.line !== undefined && { line: location.line }),
    reason,
    explanation: explainReason(finding),
    preview,
  };
}

function listRules(findings: readonly SecretFinding[]): ReportRule[] {
  const rules = new Map<string, ReportRule>();
  for (const { ruleId, title, severity, references, guidance, provider, precision } of findings) {
    if (rules.has(ruleId)) continue;
    const helpUri = references?.[0];
    rules.set(ruleId, {
      id: ruleId,
      title,
      severity,
      ...(helpUri !== undefined && { helpUri }),
      ...(guidance && { guidance }),
      tags: ['secret', provider, precision],
    });
  }
  return [...rules.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}
