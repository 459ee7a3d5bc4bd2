import type { TaskKind } from '../../platform/tasks/index.ts';

export const importKind = { kind: 'import.run', queue: 'import' } as const satisfies TaskKind;
/** Files are not left behind because a storage was away for an hour. */
export const cleanUpKind = { kind: 'import.clean-up', queue: 'deployguard', maxFailures: 20 } as const satisfies TaskKind;

export interface ImportInput {
  readonly importId: string;
}
