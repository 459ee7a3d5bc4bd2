import { randomUUIDv7 } from 'node:crypto';
import type { BodyOf, operations } from '@deployguard/contracts';
import type { Platform } from '../../feature.ts';
import { appendAudit } from '../../platform/audit/index.ts';
import { ApiError, auditFieldsOf } from '../../platform/http/index.ts';
import type { Caller, RequestClaim } from '../../platform/http/index.ts';
import { insertItems, insertSubmission, learnPatterns, listPatterns } from './queries.ts';

type Submit = typeof operations.submitFeedback;

export function createFeedbackService(platform: Platform) {
  return {
    async submit(caller: Caller, { items, ...counts }: BodyOf<Submit>, idempotency?: RequestClaim) {
      assertCounts({ items, ...counts });
      return platform.database.asTenant(caller.actor.tenantId, async (tx) => {
        const { id, received_at: receivedAt } = await insertSubmission(tx, { id: randomUUIDv7(), ...counts });
        await insertItems(
          tx,
          items.map((item) => ({ id: randomUUIDv7(), submission_id: id, ...item })),
        );
        await learnPatterns(tx, [...new Set(items.map(({ value_pattern: pattern }) => pattern))]);
        const accepted = { id, received_at: receivedAt.toISOString() };
        await idempotency?.complete(tx, accepted);
        await appendAudit(tx, {
          action: 'feedback_submitted',
          details: { submission_id: id, items: items.length },
          ...auditFieldsOf(caller),
        });
        return accepted;
      });
    },

    async listPatterns(caller: Caller, minConfidence: number) {
      return { patterns: await platform.database.asTenant(caller.actor.tenantId, (tx) => listPatterns(tx, minConfidence)) };
    },
  };
}

/** Of what was detected some is judged, and of that some is told: not more than there is. */
function assertCounts({ items, total_detected: total, confirmed_secrets: confirmed, false_positives: falseAlarms }: BodyOf<Submit>): void {
  const real = items.filter((item) => item.is_true_positive).length;
  if (confirmed + falseAlarms > total) throw invalid('/total_detected', 'is less than confirmed_secrets and false_positives together');
  if (real > confirmed) throw invalid('/confirmed_secrets', 'is less than the items that are true positives');
  if (items.length - real > falseAlarms) throw invalid('/false_positives', 'is less than the items that are none');
}

function invalid(path: string, message: string): ApiError {
  return new ApiError('INVALID', `The body is not valid: ${path} ${message}.`, { errors: [{ in: 'body', path, message }] });
}
