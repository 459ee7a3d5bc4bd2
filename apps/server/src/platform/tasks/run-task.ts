import { Attempt } from './attempt.ts';
import type { AttemptOutcome, AttemptSurroundings } from './attempt.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { ClaimedTask, TaskDefinition } from './task.ts';
import { TaskError } from './task-error.ts';

export interface RunSurroundings extends AttemptSurroundings {
  readonly heartbeat: Heartbeat;
  /** How long an aborted handler may take to come to an end. */
  readonly abandonSeconds: number;
  /** Aborted when the worker stops and has waited long enough. */
  readonly giveBack: AbortSignal;
}

/** How long handlers may take to end when their task is given back: SIGTERM to exit must fit into 25 seconds. */
export const giveBackSeconds = 4;
const defaultSoftLimitSeconds = 3300;
const defaultHardLimitSeconds = 3600;

/** Makes one attempt of a claimed task, from the first heartbeat to the last write. Never throws. */
export async function runTask(task: ClaimedTask, definition: TaskDefinition, surroundings: RunSurroundings): Promise<AttemptOutcome> {
  const { softLimitSeconds = defaultSoftLimitSeconds, hardLimitSeconds = defaultHardLimitSeconds } = definition;
  const { heartbeat, giveBack, abandonSeconds } = surroundings;
  const attempt = new Attempt(task, definition, surroundings);
  const onGiveBack = (): void => attempt.abort(new TaskError('SHUTTING_DOWN', 'The worker stops.'));

  const release = heartbeat.hold(task, hardLimitSeconds, (news) => {
    if (news === 'lost') attempt.abort(new TaskError('LEASE_LOST', 'Another worker may have taken the task over.'));
    else attempt.abort(new TaskError('TASK_CANCELLED', 'The task was cancelled.'));
  });
  const softLimit = setTimeout(
    () => attempt.abort(new TaskError('TIME_LIMIT', `The task took longer than ${softLimitSeconds} seconds.`)),
    softLimitSeconds * 1000,
  );
  giveBack.addEventListener('abort', onGiveBack);
  if (giveBack.aborted) onGiveBack();
  const patienceSeconds = (): number => {
    if (attempt.reason === 'TIME_LIMIT') return hardLimitSeconds - softLimitSeconds;
    return attempt.reason === 'SHUTTING_DOWN' ? giveBackSeconds : abandonSeconds;
  };
  let patience: NodeJS.Timeout | undefined;
  try {
    const abandoned = new Promise<never>((_, reject) => {
      attempt.signal.addEventListener('abort', () => {
        patience = setTimeout(() => reject(attempt.signal.reason as Error), patienceSeconds() * 1000);
      });
    });
    await Promise.race([attempt.run(), abandoned]);
    return await attempt.succeed();
  } catch (error) {
    return await attempt.endWith(error);
  } finally {
    release();
    clearTimeout(softLimit);
    clearTimeout(patience);
    giveBack.removeEventListener('abort', onGiveBack);
  }
}
