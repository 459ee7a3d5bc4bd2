import type { ImportStatus } from '@deployguard/contracts';
import type { Tx } from '../../platform/database/index.ts';
import { appendEvents } from '../../platform/events/index.ts';
import type { Requester } from '../../platform/tasks/index.ts';
import { queueImportWebhook, queueWebhookEvent } from '../webhooks/index.ts';
import type { ImportRow } from './queries.ts';
import { isEnded } from './states.ts';

/** What is told with a state: all that the webhooks and followers of the original service look for. */
function describeState(row: ImportRow): Record<string, unknown> {
  const { status, progress, current_step: step } = row;
  const result = {
    assets_imported: row.assets_imported,
    vulnerabilities_imported: row.vulnerabilities_imported,
    assessment_name: row.assessment_name,
  };
  return {
    status,
    progress,
    current_step: step,
    ...(status === 'completed' ? result : isEnded(status) ? { error_message: row.error_message } : {}),
  };
}

/** Tells the followers of an upload, and whoever has events posted, that its state is another one now. */
export async function announceState(tx: Tx, row: ImportRow, requester: Requester | undefined): Promise<void> {
  const state = describeState(row);
  const status = row.status as ImportStatus;
  if (isEnded(status)) {
    await queueWebhookEvent(
      tx,
      `import.${status}`,
      { job_id: row.job_id, filename: row.filename, scanner_type: row.scanner_type, ...state },
      requester,
    );
    await queueImportWebhook(tx, row.id, toWebhook(row), requester);
  }
  await appendEvents(tx, row.id, [{ kind: 'state', data: state }]);
}

/** As the original service posts it. */
function toWebhook(row: ImportRow): Record<string, unknown> & { readonly status: string } {
  const { job_id, status, filename, scanner_type, assets_imported, vulnerabilities_imported, assessment_name } = row;
  const success = status === 'completed';
  return {
    job_id,
    status,
    filename,
    scanner_type,
    success,
    timestamp: new Date().toISOString(),
    ...(success ? { assets_imported, vulnerabilities_imported, assessment_name } : { error: row.error_message }),
  };
}
