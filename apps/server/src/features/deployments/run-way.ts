import type { DeliveryError, Release, ReleaseEvent, ReleaseFailure, ReleaseOutcome, StepName } from '@deployguard/delivery';
import { DeliveryError as Cancelled, runRelease } from '@deployguard/delivery';
import type { Platform } from '../../feature.ts';
import { TaskError } from '../../platform/tasks/index.ts';
import type { TaskContext } from '../../platform/tasks/index.ts';
import { boundError } from './last-error.ts';
import type { LastError } from './last-error.ts';
import type { Runtime } from './runtime.ts';

export interface Way {
  readonly release: Release;
  readonly previous?: Release | undefined;
  /** Default: it has served before. */
  readonly isNew?: boolean;
  readonly hosts: readonly string[];
  /** Where an attempt before was when it was cut off, after it had begun to lead users to the release. */
  readonly resumeFrom?: StepName | undefined;
  /** Told of each step before it begins, and of `resumeFrom` while those before it are made again; of the way back, why. */
  readonly onStep?: (step: ReleaseEvent['step'], cause?: DeliveryError) => Promise<void>;
}

const graceMs = 6000;

/** Leads users to a release, or back to one, as part of a task: its attempts go on with each other's work. */
export async function runWay(
  { config: { deployments, limits } }: Platform,
  { target, router }: Runtime,
  { release, previous, isNew = false, hosts, resumeFrom, onStep }: Way,
  context: TaskContext,
): Promise<ReleaseOutcome> {
  return runRelease({
    target,
    router,
    id: context.taskId,
    release,
    ...(previous && { previous }),
    isNew,
    hosts,
    releaseCommandSeconds: limits.maxReleaseCommandSeconds,
    observeMs: deployments.observeSeconds * 1000,
    drainMs: deployments.drainSeconds * 1000,
    graceMs,
    ...(resumeFrom && { resumeFrom }),
    signal: withCancel(context.signal),
    async emit({ step, state, message, error }) {
      if (state === 'started') {
        const sentence = step === 'roll-back' && previous === undefined ? 'Leading users away from it' : sentences[step];
        // What is made again of what users may have seen does not count as less, for a next attempt.
        await onStep?.(resumeFrom !== undefined && beforeSwitch.has(step) ? resumeFrom : step, error);
        await context.log(sentence);
        await context.progress(percents[step], sentence);
      }
      if (message !== undefined) await context.log(message);
    },
  });
}

const beforeSwitch: ReadonlySet<ReleaseEvent['step']> = new Set(['prepare', 'release', 'start', 'healthy', 'smoke']);

const sentences: Readonly<Record<ReleaseEvent['step'], string>> = {
  prepare: 'Preparing the release',
  release: 'Running its release command',
  start: 'Starting it beside what serves now',
  healthy: 'Waiting until it is healthy',
  smoke: 'Testing it',
  switch: 'Leading users to it',
  observe: 'Watching it',
  retire: 'Ending what served before',
  'roll-back': 'Leading users back to the release before',
};

const percents: Readonly<Record<ReleaseEvent['step'], number>> = {
  prepare: 70,
  release: 72,
  start: 74,
  healthy: 78,
  smoke: 84,
  switch: 88,
  observe: 90,
  retire: 96,
  'roll-back': 92,
};

/** A task that a user cancelled is undone; one that is only broken off is left as it is, for the next attempt. */
function withCancel(signal: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const pass = (): void => {
    const reason: unknown = signal.reason;
    const isCancelled = reason instanceof TaskError && reason.code === 'TASK_CANCELLED';
    controller.abort(isCancelled ? new Cancelled('CANCELLED', 'The deployment was cancelled.') : reason);
  };
  if (signal.aborted) pass();
  else signal.addEventListener('abort', pass, { once: true });
  return controller.signal;
}

/** What is kept of a failure: whose it is, why, and what the application said last. */
export function describeFailure({ code, message, fault }: DeliveryError, logs: ReleaseFailure['logs'] = []): LastError {
  return boundError({ code, message, fault, logs: logs.map(({ text }) => text) });
}
