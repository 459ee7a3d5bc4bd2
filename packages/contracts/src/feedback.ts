import Type from 'typebox';
import type { Static } from 'typebox';
import { defineOperation } from './operation.ts';
import { count, entity, parameters, timestamp, uuid } from './schema.ts';

const FeedbackItem = entity('FeedbackItem', {
  value_hash: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'Salted SHA-256 of the value; never the value.' }),
  value_pattern: Type.String({
    minLength: 1,
    maxLength: 255,
    pattern: '^[^\\u0000-\\u001f\\u007f]*$',
    description: 'Shape of the value, such as `ghp_[alnum:36]`.',
  }),
  is_true_positive: Type.Boolean(),
});

/** What the database's integers hold. */
const tally = Type.Integer({ minimum: 0, maximum: 2_147_483_647 });

export const SubmitFeedback = entity(
  'SubmitFeedback',
  {
    client_id: Type.String({ pattern: '^[0-9A-Za-z]{8,64}$', description: 'Anonymous hash of the client.' }),
    total_detected: tally,
    confirmed_secrets: tally,
    false_positives: tally,
    items: Type.Array(FeedbackItem, { maxItems: 1000 }),
  },
  {
    examples: [
      {
        client_id: '5f2b8c1d9e3a4f60',
        total_detected: 3,
        confirmed_secrets: 2,
        false_positives: 1,
        items: [{ value_hash: '0'.repeat(64), value_pattern: 'ghp_[alnum:36]', is_true_positive: true }],
      },
    ],
  },
);
export type SubmitFeedback = Static<typeof SubmitFeedback>;

export const FeedbackAccepted = entity('FeedbackAccepted', { id: uuid, received_at: timestamp });

export const FalsePositivePattern = entity('FalsePositivePattern', {
  pattern: Type.String(),
  confidence: Type.Number({ minimum: 0, maximum: 1 }),
  sample_count: count,
  reason: Type.String(),
});

export const FalsePositivePatterns = entity('FalsePositivePatterns', { patterns: Type.Array(FalsePositivePattern) });

const tag = 'Feedback';

export const submitFeedback = defineOperation({
  id: 'submitFeedback',
  method: 'POST',
  path: '/api/v2/feedback',
  summary: 'Tell which findings were real; holds no values',
  tag,
  access: 'feedback:write',
  body: SubmitFeedback,
  answers: { 201: FeedbackAccepted },
  idempotent: true,
});

export const listFalsePositivePatterns = defineOperation({
  id: 'listFalsePositivePatterns',
  method: 'GET',
  path: '/api/v2/false-positive-patterns',
  summary: 'List shapes of values that were mostly false alarms',
  tag,
  access: 'feedback:read',
  query: parameters({ min_confidence: Type.Optional(Type.Number({ minimum: 0, maximum: 1, default: 0.8 })) }),
  answers: { 200: FalsePositivePatterns },
});
