import type { Feature } from './feature.ts';
import type { OpenedPlatform } from './open-platform.ts';
import { startWorker } from './platform/tasks/index.ts';
import { measureWorker } from './platform/telemetry/index.ts';
import type { RunningPart } from './start-service.ts';

/** Does tasks. */
export async function startTaskWorker(platform: OpenedPlatform, features: readonly Feature[]): Promise<RunningPart> {
  const { config, database, databaseUrl, doorbell, logger, metrics } = platform;
  const { concurrency, queues, leaseSeconds, softLimitSeconds, hardLimitSeconds } = config.worker;
  const observe = measureWorker(metrics.registry, { concurrency, countRunning: () => worker.runningCount() });

  const worker = await startWorker({
    database,
    databaseUrl,
    doorbell,
    tracing: platform.tracing,
    concurrency,
    queues,
    leaseSeconds,
    definitions: features.flatMap(({ tasks = [] }) => tasks).map((task) => ({ softLimitSeconds, hardLimitSeconds, ...task })),
    onError: (error, task) => logger.error({ err: error, ...(task === undefined ? {} : namesOf(task)) }, 'task did not go well'),
    onAttempt({ task, outcome, seconds }) {
      observe({ kind: task.kind, outcome, waitedSeconds: task.waitedSeconds, seconds });
      logger.info({ ...namesOf(task), outcome, milliseconds: Math.round(seconds * 1000) }, 'task attempted');
    },
  });
  logger.info({ worker: worker.name, concurrency, queues }, 'taking tasks');
  return { stop: (graceSeconds) => worker.stop({ graceSeconds }) };
}

type NamedTask = Record<'id' | 'kind' | 'tenantId' | 'subject', string> & { readonly attempt: number };

function namesOf({ id, kind, tenantId, subject, attempt }: NamedTask): Record<string, unknown> {
  return { taskId: id, kind, tenantId, subject, attempt };
}
