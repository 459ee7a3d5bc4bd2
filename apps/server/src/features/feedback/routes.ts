import { operations } from '@deployguard/contracts';
import type { Feature, Platform } from '../../feature.ts';
import { createFeedbackService } from './service.ts';

/** What people said about findings, without the values, and what is learnt from it. */
export function createFeedbackFeature(platform: Platform): Feature {
  const feedback = createFeedbackService(platform);
  return {
    name: 'feedback',
    register(api) {
      api.add(operations.submitFeedback, ({ caller, body, idempotency }) => feedback.submit(caller, body, idempotency));
      api.add(operations.listFalsePositivePatterns, ({ caller, query }) => feedback.listPatterns(caller, query.min_confidence ?? 0.8));
    },
  };
}
