import type { Platform } from '../../feature.ts';
import { appendAudit, systemActor } from '../../platform/audit/index.ts';
import type { TaskDefinition } from '../../platform/tasks/index.ts';
import type { DeleteSourceInput } from './kinds.ts';
import { deleteSourceKind } from './kinds.ts';

/** How workers do what was asked for. */
export function createSourceTasks(platform: Platform): TaskDefinition[] {
  return [
    {
      ...deleteSourceKind,
      async handle(input, { requester, finish }) {
        const { sourceId, storageKey } = input as DeleteSourceInput;
        await platform.storage.remove(storageKey);
        const entry = { ...(requester ?? systemActor), action: 'source_file_deleted', details: { source_id: sourceId } };
        await finish(async (tx) => void (await appendAudit(tx, entry)));
      },
    },
  ];
}
