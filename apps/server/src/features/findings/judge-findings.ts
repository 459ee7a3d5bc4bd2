import type { GateVerdict } from '@deployguard/contracts';
import { GateEvaluation, parseGatePolicy, ReviewError } from '@deployguard/findings/review';
import type { ComparedFinding, GatePolicy, Triage, Waiver } from '@deployguard/findings/review';
import { ApiError } from '../../platform/http/index.ts';
import type { FindingWithContent, WaiverRow } from './queries.ts';
import { toReportFinding } from './to-answer.ts';

const findingsShown = 100;

/** Judges findings by a policy as `deployguard gate` does, with what was decided about them here. New is what the last upload brought. */
export async function judgeFindings(findings: AsyncIterable<FindingWithContent>, policy: GatePolicy): Promise<GateVerdict> {
  const evaluation = new GateEvaluation(policy, new Date());
  const forbidden: GateVerdict['findings'] = [];
  for await (const row of findings) {
    const { outcome, rules } = evaluation.add(row.content, toCompared(row));
    if (outcome === 'forbidden' && forbidden.length < findingsShown) forbidden.push({ finding: toReportFinding(row), rules: [...rules] });
  }
  const { passed, total, rules, waived, excused } = evaluation.decide();
  return { passed, total, rules: rules.map((rule) => ({ ...rule })), waived, excused, findings: forbidden };
}

/** Throws `INVALID` with the lines that are wrong. */
export function parsePolicy(text: string, waivers: readonly WaiverRow[]): GatePolicy {
  try {
    const policy = parseGatePolicy(text, 'policy');
    return { ...policy, waivers: [...(policy.waivers ?? []), ...waivers.map(toPolicyWaiver)] };
  } catch (error) {
    if (!(error instanceof ReviewError)) throw error;
    throw new ApiError('INVALID', error.message, {
      errors: error.message.split('\n').map((message) => ({ in: 'body', path: '/policy', message })),
    });
  }
}

function toPolicyWaiver({ finding, rule, package: pkg, path, owner, reason, until }: WaiverRow): Waiver {
  return {
    ...(finding !== null && { finding }),
    ...(rule !== null && { rule }),
    ...(pkg !== null && { package: pkg }),
    ...(path !== null && { path }),
    owner,
    reason,
    until,
  };
}

function toCompared(row: FindingWithContent): ComparedFinding {
  const { fingerprint, kind, rule, title, severity } = row.content;
  return {
    change: row.is_new ? 'new' : 'unchanged',
    known: {
      fingerprints: [fingerprint],
      state: 'open',
      firstSeenAt: row.first_seen_at.toISOString(),
      kind,
      severity: severity.label,
      rule: rule.id,
      title,
      ...(row.decision !== null && { triage: toTriage(row, row.decision) }),
    },
  };
}

function toTriage(
  { decision_owner: owner, decision_reason: reason, decision_until: until }: FindingWithContent,
  decision: Triage['decision'],
): Triage {
  return { decision, owner: owner ?? '', reason: reason ?? '', ...(until !== null && { until }) };
}
