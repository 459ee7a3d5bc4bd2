import type { TaskKind } from '../../platform/tasks/index.ts';

export const scanKind = { kind: 'job.scan', queue: 'scan' } as const satisfies TaskKind;
export const cleanKind = { kind: 'job.clean', queue: 'clean' } as const satisfies TaskKind;
export const pushKind = { kind: 'job.push', queue: 'push' } as const satisfies TaskKind;
/** Files are not left behind because a storage was away for an hour. */
export const deleteFilesKind = { kind: 'job.delete-files', queue: 'deployguard', maxFailures: 20 } as const satisfies TaskKind;

export interface JobInput {
  readonly jobId: string;
}

export interface DeleteFilesInput extends JobInput {
  readonly keepsProof: boolean;
}
