// A worker's process for the fault tests, configured by one JSON argument. Says `started ID` when it begins a task, and `OUTCOME ID` when
// it has ended it.
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { openDatabase } from '../src/platform/database/index.ts';
import { openDoorbell, startOutboxRelay } from '../src/platform/queue/index.ts';
import { startScheduler, startWorker } from '../src/platform/tasks/index.ts';
import type { AttemptReport, TaskDefinition } from '../src/platform/tasks/index.ts';

export interface FaultWorkerSettings {
  readonly databaseUrl: string;
  /** Default: none, the embedded doorbell. */
  readonly brokerUrl?: string;
  readonly taskMilliseconds: number;
  /** Its tasks are of the kind that takes the process with it. */
  readonly isPoisoned?: boolean;
}

export const faultKind = { kind: 'fault', queue: 'scan', maxFailures: 1000 } as const;
const backoff = { baseSeconds: 0.1, longestSeconds: 1 };

if (process.argv[1] === import.meta.filename) await main(JSON.parse(process.argv[2]!) as FaultWorkerSettings);

async function main({ databaseUrl, brokerUrl, taskMilliseconds, isPoisoned = false }: FaultWorkerSettings): Promise<void> {
  const database = openDatabase({ url: databaseUrl, maxConnections: 4 });
  const doorbell = await patiently(() => openDoorbell(brokerUrl, database));
  const definitions: TaskDefinition[] = [
    {
      ...faultKind,
      async handle(_, context) {
        console.log(`started ${context.taskId}`);
        if (isPoisoned) process.kill(process.pid, 'SIGKILL');
        await context.progress(10, 'at work');
        await delay(taskMilliseconds * (0.5 + Math.random()), undefined, { signal: context.signal });
        // The ledger has no key: what is written twice is seen.
        await context.finish(async (tx) => {
          await sql`insert into effects (tenant_id, task_id, attempt) values (${context.tenantId}, ${context.taskId}, ${context.attempt})`.execute(
            tx,
          );
        });
      },
    },
  ];
  await patiently(() => startOutboxRelay({ database, doorbell }));
  startScheduler({ database, doorbell, definitions, leaseSeconds: 2, stuckSeconds: 3, backoff });
  const onAttempt = ({ task, outcome }: AttemptReport): void => console.log(`${outcome} ${task.id}`);
  const pace = { concurrency: 2, leaseSeconds: 2, heartbeatSeconds: 0.4, backoff };
  await patiently(() => startWorker({ database, databaseUrl, doorbell, definitions, onAttempt, ...pace }));
  console.log('ready');
}

/** The database may be away just now. */
async function patiently<T>(start: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await start();
    } catch {
      await delay(200);
    }
  }
}
