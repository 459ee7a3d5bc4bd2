import type { TaskKind } from '../../platform/tasks/index.ts';

/** An upload is not left behind because a storage was away for an hour. */
export const deleteSourceKind = { kind: 'source.delete', queue: 'deployguard', maxFailures: 20 } as const satisfies TaskKind;

export interface DeleteSourceInput {
  readonly sourceId: string;
  readonly storageKey: string;
}
