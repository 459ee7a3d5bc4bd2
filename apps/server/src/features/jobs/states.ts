import type { JobStatus } from '@deployguard/contracts';

/**
 * ```
 * pending ─▶ scanning ─▶ awaiting_selection ⇄ cleaning ─▶ cleaned ─▶ pushing ─▶ completed
 *                 └─ nothing found ─▶ completed            │  ▲──────────┘ a push that failed
 *                    awaiting_selection ◀──────────────────┘ until it is pushed
 * ```
 * `failed`, `cancelled` and `expired` end a job. A clean or push that failed returns it to the state before.
 */
const ended: readonly JobStatus[] = ['completed', 'failed', 'cancelled', 'expired'];

export function isEnded(status: JobStatus): boolean {
  return ended.includes(status);
}

/** Where secrets can be chosen, and cleaned: until something was pushed. */
export const selectable: readonly JobStatus[] = ['awaiting_selection', 'cleaned'];

/** What a person reads while nothing is under way. */
export const steps: Readonly<Record<JobStatus, string>> = {
  pending: 'Waiting for a worker',
  scanning: 'Waiting for a worker',
  awaiting_selection: 'Waiting for a selection',
  cleaning: 'Waiting for a worker',
  cleaned: 'Ready to be downloaded or pushed',
  pushing: 'Waiting for a worker',
  completed: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
  expired: 'Expired',
};
