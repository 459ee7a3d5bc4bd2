import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Tx } from '../../platform/database/index.ts';
import type { TaskContext } from '../../platform/tasks/index.ts';
import { ImportError } from './import-error.ts';
import { steps } from './states.ts';

const askMilliseconds = 1000;

/**
 * Phoenix gets one import of an assessment at a time: two at once would close what the other opens. Waits while another one is being sent; throws
 * `ASSESSMENT_BUSY` when the other one itself waits for another attempt, for which it may need the place of this one.
 */
export async function takeTurn(importId: string, assessmentId: string, context: TaskContext): Promise<void> {
  for (;;) {
    const turn = await context.fenced((tx) => askForTurn(tx, importId, assessmentId));
    if (turn === 'ours') return;
    if (turn === 'waits') throw new ImportError('ASSESSMENT_BUSY', 'Another upload of the assessment is not through with Phoenix yet.');
    await context.progress(steps.finishing.percent, 'Waiting for another upload of the assessment');
    await delay(askMilliseconds, undefined, { signal: context.signal });
  }
}

/** Whose turn it is: that of an import which has ended is anyone's. */
async function askForTurn(tx: Tx, importId: string, assessmentId: string): Promise<'ours' | 'runs' | 'waits'> {
  // One after the other: what the next statement reads stays so.
  await tx.selectFrom('assessments').select('id').where('id', '=', assessmentId).forNoKeyUpdate().executeTakeFirstOrThrow();
  const { rows } = await sql<{ state: string | null }>`
    select tasks.state from assessments
    join imports on imports.tenant_id = current_tenant() and imports.id = assessments.phoenix_import_id and imports.status = 'processing'
    left join tasks on tasks.tenant_id = current_tenant() and tasks.id = imports.task_id
    where assessments.tenant_id = current_tenant() and assessments.id = ${assessmentId} and imports.id <> ${importId}`.execute(tx);
  const [holder] = rows;
  if (holder !== undefined) return holder.state === 'running' ? 'runs' : 'waits';
  await tx.updateTable('assessments').set({ phoenix_import_id: importId }).where('id', '=', assessmentId).execute();
  return 'ours';
}
