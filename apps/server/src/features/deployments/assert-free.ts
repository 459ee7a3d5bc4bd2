import type { Tx } from '../../platform/database/index.ts';
import { ApiError } from '../../platform/http/index.ts';
import type { ApplicationRow } from './application-queries.ts';
import { BusyError } from './busy-error.ts';
import { listDeploymentsIn } from './deployment-queries.ts';
import { underWay } from './states.ts';
import { findActiveTask } from './turns.ts';

type Occupied = Pick<ApplicationRow, 'id' | 'name' | 'active_task_id' | 'destroy_requested_at'>;

/** Whether nothing is being done with the application, and no deployment waits that could be gone on with. */
export async function isFree(tx: Tx, application: Occupied): Promise<boolean> {
  if (application.active_task_id === null) return true;
  return !(await hasDeployments(tx, application)) && (await findActiveTask(tx, application)) === undefined;
}

/** @throws {ApiError} ILLEGAL_STATE while something is being done with the application; a BusyError where that takes a moment. */
export async function assertFree(tx: Tx, application: Occupied): Promise<void> {
  if (application.destroy_requested_at !== null) throw new ApiError('ILLEGAL_STATE', 'The application is being destroyed.');
  if (await isFree(tx, application)) return;
  if (!(await hasDeployments(tx, application))) throw new BusyError();
  throw new ApiError(
    'ILLEGAL_STATE',
    `A deployment of the application is under way. Wait for its end, or cancel it: \`deployguard apps cancel ${application.name}\`.`,
  );
}

async function hasDeployments(tx: Tx, { id }: Occupied): Promise<boolean> {
  return (await listDeploymentsIn(tx, id, ['QUEUED', ...underWay])).length > 0;
}
