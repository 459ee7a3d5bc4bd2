import type { Tx } from '../../platform/database/index.ts';
import { ApiError } from '../../platform/http/index.ts';
import type { ApplicationRow } from './application-queries.ts';
import { BusyError } from './busy-error.ts';
import { listDeploymentsIn } from './deployment-queries.ts';
import { underWay } from './states.ts';

type Occupied = Pick<ApplicationRow, 'id' | 'name' | 'active_task_id' | 'destroy_requested_at'>;

/** @throws {ApiError} ILLEGAL_STATE while something is being done with the application; a BusyError where that takes a moment. */
export async function assertFree(tx: Tx, { id, name, active_task_id: taskId, destroy_requested_at: destroyedAt }: Occupied): Promise<void> {
  if (destroyedAt !== null) throw new ApiError('ILLEGAL_STATE', 'The application is being destroyed.');
  if (taskId === null) return;
  if ((await listDeploymentsIn(tx, id, ['QUEUED', ...underWay])).length === 0) throw new BusyError();
  throw new ApiError(
    'ILLEGAL_STATE',
    `A deployment of the application is under way. Wait for its end, or cancel it: \`deployguard apps cancel ${name}\`.`,
  );
}
