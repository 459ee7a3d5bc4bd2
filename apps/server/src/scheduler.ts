import type { Feature } from './feature.ts';
import type { OpenedPlatform } from './open-platform.ts';
import { forgetIdempotencyKeys } from './platform/http/index.ts';
import { startScheduler } from './platform/tasks/index.ts';
import type { RunningPart } from './start-service.ts';

/** Brings back what got lost, and does what is due by the clock. */
export function startDuties({ database, doorbell, logger }: OpenedPlatform, features: readonly Feature[]): RunningPart {
  const scheduler = startScheduler({
    database,
    doorbell,
    definitions: features.flatMap(({ tasks = [] }) => tasks),
    duties: [
      { name: 'forget-idempotency-keys', everySeconds: 3600, run: (signal) => forgetIdempotencyKeys(database, signal) },
      ...features.flatMap(({ duties = [] }) => duties),
    ],
    onError: (error, duty) => logger.error({ err: error, duty }, 'duty did not go well'),
  });
  return { stop: () => scheduler.stop() };
}
