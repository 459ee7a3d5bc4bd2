import { ApiError } from '../../platform/http/index.ts';
import type { ApplicationRow } from './application-queries.ts';

/** @throws {ApiError} ILLEGAL_STATE while something is being done with the application. */
export function assertFree({ active_task_id: taskId, destroy_requested_at: destroyedAt }: ApplicationRow): void {
  if (taskId === null && destroyedAt === null) return;
  throw new ApiError('ILLEGAL_STATE', 'Something else is being done with the application. Wait for its end, or cancel it.');
}
