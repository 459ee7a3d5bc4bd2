import type { Platform } from '../../feature.ts';
import { appendAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import type { EndedTask, TaskDefinition } from '../../platform/tasks/index.ts';
import { announceState } from './announce-state.ts';
import { askCleanUp, cleanUp } from './clean-up.ts';
import { isFinalError } from './import-error.ts';
import { importReport } from './import-report.ts';
import { cleanUpKind, importKind } from './kinds.ts';
import type { ImportInput } from './kinds.ts';
import { lockImport, updateImport } from './queries.ts';
import { isEnded, steps } from './states.ts';

/** How workers do what was uploaded for. */
export function createImportTasks(platform: Platform): TaskDefinition[] {
  return [
    {
      ...importKind,
      isFinal: isFinalError,
      handle: (input, context) => importReport(platform, input as ImportInput, context),
      ended: endImport,
    },
    { ...cleanUpKind, handle: (input, context) => cleanUp(platform, input as ImportInput, context) },
  ];
}

/** An import whose task came to nothing has failed, and says why. */
async function endImport(tx: Tx, { input, error, requester }: EndedTask): Promise<void> {
  const { importId } = input as ImportInput;
  const before = await lockImport(tx, importId);
  if (before === undefined) return;
  // The attempt may have stored something after what is cleaned up was cleaned up.
  await askCleanUp(tx, importId, requester);
  if (isEnded(before.status)) return;
  const { code, message } = error ?? { code: 'TASK_CANCELLED', message: 'The task was cancelled.' };
  const row = await updateImport(tx, importId, {
    status: 'failed',
    progress: steps.failed.percent,
    current_step: steps.failed.text,
    completed_at: new Date(),
    error_code: code,
    error_message: message,
    sealed_phoenix_secret: null,
  });
  await announceState(tx, row, requester);
  await appendAudit(tx, { ...(requester ?? { userId: row.user_id }), action: 'import_failed', details: { job_id: row.job_id, code } });
}
