import type { Platform } from '../src/feature.ts';
import { createFeatures } from '../src/features/create-features.ts';
import { openDatabase } from '../src/platform/database/index.ts';
import { startOutboxRelay } from '../src/platform/queue/index.ts';
import { startScheduler, startWorker } from '../src/platform/tasks/index.ts';
import type { TaskDefinition, TaskWorker } from '../src/platform/tasks/index.ts';
import { openTestApp } from './open-test-app.ts';
import type { TestApp, TestAppOptions } from './open-test-app.ts';
import { startTestCluster } from './start-test-cluster.ts';
import type { TestCluster } from './start-test-cluster.ts';

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly json: Record<string, unknown>;
  readonly headers: Headers;
}

/** The API and the scheduler over a database of their own, and as many workers as are started. */
export interface WorkingService {
  readonly app: TestApp;
  /** As workers have it. */
  readonly platform: Platform;
  readonly cluster: TestCluster;
  startWorker(change?: (definition: TaskDefinition) => TaskDefinition): Promise<TaskWorker>;
  /** As alice. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  stopWorkers(): Promise<void>;
  stop(): Promise<void>;
}

export interface WorkingServiceOptions extends Pick<TestAppOptions, 'environment'> {
  /** What workers have that is not as the settings say. */
  readonly change?: (platform: Platform) => Platform;
}

export async function startWorkingService({
  environment = {},
  change = (same) => same,
}: WorkingServiceOptions = {}): Promise<WorkingService> {
  const cluster = await startTestCluster();
  const database = openDatabase({ url: cluster.url });
  const app = await openTestApp({ database, environment });
  const platform = change(app.platform);
  const relay = await startOutboxRelay({ database, doorbell: platform.doorbell });
  const definitions = createFeatures(platform).flatMap(({ tasks = [] }) => tasks);
  const backoff = { baseSeconds: 0.05, longestSeconds: 0.1 };
  // Rings for attempts that are made again.
  const scheduler = startScheduler({ database, doorbell: platform.doorbell, definitions, backoff });
  const workers: TaskWorker[] = [];

  async function stopWorkers(): Promise<void> {
    for (const worker of workers.splice(0)) await worker.stop({ graceSeconds: 0 });
  }

  return {
    app,
    platform,
    cluster,
    async startWorker(changeDefinition = (definition) => definition) {
      const worker = await startWorker({
        database,
        databaseUrl: cluster.url,
        doorbell: platform.doorbell,
        definitions: definitions.map(changeDefinition),
        backoff,
        onError: (error, task) => app.platform.logger.error({ err: error, taskId: task?.id }, 'task did not go well'),
      });
      workers.push(worker);
      return worker;
    },
    async call(method, path, body, headers = {}) {
      const isUpload = body instanceof Uint8Array;
      const answer = await fetch(app.url + path, {
        method,
        redirect: 'manual',
        headers: {
          // Tests may last longer than a token.
          ...(await app.asUser('alice')),
          ...(body === undefined ? {} : { 'content-type': isUpload ? 'application/x-git-bundle' : 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: isUpload ? Buffer.from(body) : JSON.stringify(body) }),
      });
      const text = await answer.text();
      const isJson = /json/.test(answer.headers.get('content-type') ?? '');
      return { status: answer.status, text, json: isJson ? (JSON.parse(text) as Record<string, unknown>) : {}, headers: answer.headers };
    },
    stopWorkers,
    async stop() {
      await stopWorkers();
      await scheduler.stop();
      await relay.stop();
      await app.close();
      await database.close();
      await cluster.stop();
    },
  };
}
