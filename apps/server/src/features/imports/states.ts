import type { ImportStatus } from '@deployguard/contracts';

/** `pending` is a state of the original service that no import of ours is in. */
const openStatuses: readonly ImportStatus[] = ['pending', 'queued', 'processing'];

export function isEnded(status: string): boolean {
  return !(openStatuses as readonly string[]).includes(status);
}

/** What a person reads, and how far that is, in percent: as in the original service. */
export const steps = {
  queued: { percent: 0, text: 'Waiting for a worker' },
  begun: { percent: 10, text: 'Initializing' },
  loaded: { percent: 20, text: 'Loading scanner configuration' },
  read: { percent: 30, text: 'Processing scanner file' },
  stored: { percent: 60, text: 'Storing findings' },
  finishing: { percent: 90, text: 'Finalizing' },
  completed: { percent: 100, text: 'Completed' },
  failed: { percent: 100, text: 'Failed' },
  cancelled: { percent: 100, text: 'Cancelled' },
} as const;
