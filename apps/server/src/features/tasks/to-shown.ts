import type { Task as ShownTask } from '@deployguard/contracts';
import type { Task } from '../../platform/tasks/index.ts';

export function toShown(task: Task): ShownTask {
  const { id, kind, queue, state, attempt, lastError, runAt, createdAt } = task;
  return {
    id,
    kind,
    queue,
    state,
    attempt,
    last_error: lastError?.message ?? null,
    run_at: runAt.toISOString(),
    created_at: createdAt.toISOString(),
    updated_at: (task.finishedAt ?? task.startedAt ?? createdAt).toISOString(),
  };
}
