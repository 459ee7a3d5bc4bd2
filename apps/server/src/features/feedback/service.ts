import { randomUUIDv7 } from 'node:crypto';
import type { BodyOf, operations } from '@deployguard/contracts';
import type { Platform } from '../../feature.ts';
import { appendAudit } from '../../platform/audit/index.ts';
import { auditFieldsOf } from '../../platform/http/index.ts';
import type { Caller, RequestClaim } from '../../platform/http/index.ts';
import { insertItems, insertSubmission, learnPatterns, listPatterns } from './queries.ts';

type Submit = typeof operations.submitFeedback;

export function createFeedbackService(platform: Platform) {
  return {
    async submit(caller: Caller, { items, ...counts }: BodyOf<Submit>, idempotency?: RequestClaim) {
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
