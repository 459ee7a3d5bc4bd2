import { ApiError } from '../../platform/http/index.ts';
import type { ApplicationRow } from './application-queries.ts';

type Occupied = Pick<ApplicationRow, 'name' | 'active_task_id' | 'destroy_requested_at'>;

/** @throws {ApiError} ILLEGAL_STATE while something is being done with the application. */
export function assertFree({ name, active_task_id: taskId, destroy_requested_at: destroyedAt }: Occupied): void {
  if (taskId === null && destroyedAt === null) return;
  throw new ApiError(
    'ILLEGAL_STATE',
    `Something else is being done with the application. Wait for its end; a deployment can be cancelled: \`deployguard apps cancel ${name}\`.`,
  );
}
