import { insideSpan } from '../telemetry/index.ts';
import type { Tracing } from '../telemetry/index.ts';
import type { AttemptOutcome } from './attempt.ts';
import type { ClaimedTask } from './task.ts';

/** Makes an attempt as a span of the trace in which the task was asked for. */
export async function traceAttempt(
  tracing: Tracing | undefined,
  { id, kind, attempt, traceparent, waitedSeconds }: ClaimedTask,
  run: () => Promise<AttemptOutcome>,
): Promise<AttemptOutcome> {
  if (tracing === undefined) return run();
  const span = tracing.startSpan({
    name: `task ${kind}`,
    kind: 'consumer',
    parent: traceparent,
    attributes: { 'deployguard.task.id': id, 'deployguard.task.attempt': attempt, 'deployguard.task.waited_seconds': waitedSeconds },
  });
  const outcome = await insideSpan(tracing, span, run);
  span.end({
    isError: outcome === 'failed' || outcome === 'retried' || outcome === 'lost',
    attributes: { 'deployguard.task.outcome': outcome },
  });
  return outcome;
}
