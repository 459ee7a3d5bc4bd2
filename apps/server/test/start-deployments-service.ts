import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Application, Deployment } from '@deployguard/contracts';
import { connectRouter, createProcessTarget } from '@deployguard/delivery';
import type { Instance, Target } from '@deployguard/delivery';
import { createTemporaryDirectory } from '@deployguard/testkit';
import type { Platform } from '../src/feature.ts';
import { createFeatures } from '../src/features/create-features.ts';
import { openDatabase } from '../src/platform/database/index.ts';
import { startOutboxRelay } from '../src/platform/queue/index.ts';
import { startScheduler, startWorker } from '../src/platform/tasks/index.ts';
import type { TaskWorker } from '../src/platform/tasks/index.ts';
import { placesOf } from '../src/features/deployments/places.ts';
import { routerOrderOf } from '../src/router.ts';
import { openTestApp } from './open-test-app.ts';
import type { TestApp } from './open-test-app.ts';
import type { Answer } from './start-jobs-service.ts';
import { query, startTestCluster } from './start-test-cluster.ts';

/** The API, a worker and a router, with the process target. */
export interface DeploymentsService {
  readonly app: TestApp;
  readonly platform: Platform;
  readonly target: Target;
  /** Instances of the application that run. */
  listInstances(application: string): Promise<readonly Instance[]>;
  startWorker(): Promise<TaskWorker>;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Uploads a repository of one commit with these files. */
  upload(files: Readonly<Record<string, string>>): Promise<string>;
  /** Deploys these files as the application. */
  deploy(application: string, files: Readonly<Record<string, string>>, body?: Record<string, unknown>): Promise<string>;
  /** Waits until the deployment is in one of the states. */
  waitFor(id: string, ...states: Deployment['status'][]): Promise<Deployment>;
  /** Waits until nothing is under way with the application. */
  settle(name: string): Promise<Application | undefined>;
  /** What users of the application get. */
  ask(application: string, path?: string): Promise<{ readonly status: number; readonly text: string }>;
  stop(): Promise<void>;
}

export async function startDeploymentsService({ observeSeconds = 0 } = {}): Promise<DeploymentsService> {
  const cluster = await startTestCluster();
  const database = openDatabase({ url: cluster.url });
  const app = await openTestApp({
    database,
    environment: {
      DEPLOYGUARD_DEPLOYMENTS_TARGET: 'process',
      DEPLOYGUARD_DEPLOYMENTS_ROUTER_PORT: String(await findFreePort()),
      DEPLOYGUARD_DEPLOYMENTS_OBSERVE_SECONDS: String(observeSeconds),
      DEPLOYGUARD_DEPLOYMENTS_DRAIN_SECONDS: '2',
    },
  });
  const { platform } = app;
  const { config } = platform;
  const places = placesOf(config);
  const target = createProcessTarget({ directory: places.instances });
  const relay = await startOutboxRelay({ database, doorbell: platform.doorbell });
  const definitions = createFeatures(platform).flatMap(({ tasks = [] }) => tasks);
  const backoff = { baseSeconds: 0.05, longestSeconds: 0.1 };
  const scheduler = startScheduler({ database, doorbell: platform.doorbell, definitions, backoff });
  const workers: TaskWorker[] = [];
  const alice = await app.asUser('alice');

  async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const isUpload = body instanceof Uint8Array;
    const answer = await fetch(app.url + path, {
      method,
      headers: {
        ...alice,
        ...(body === undefined ? {} : { 'content-type': isUpload ? 'application/x-git-bundle' : 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isUpload ? Buffer.from(body) : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = /json/.test(answer.headers.get('content-type') ?? '');
    return { status: answer.status, text, json: isJson ? (JSON.parse(text) as Record<string, unknown>) : {}, headers: answer.headers };
  }

  async function upload(files: Readonly<Record<string, string>>): Promise<string> {
    const { json } = await call('POST', '/api/v2/sources', makeBundle(files));
    return String(json['id']);
  }

  async function findApplication(name: string): Promise<Application | undefined> {
    const { json } = await call('GET', `/api/v2/applications?name=${name}`);
    return (json['items'] as Application[])[0];
  }

  return {
    app,
    platform,
    target,
    listInstances: (application) => target.list(application),
    async startWorker() {
      const worker = await startWorker({
        database,
        databaseUrl: cluster.url,
        doorbell: platform.doorbell,
        definitions,
        backoff,
        onError: (error, task) => platform.logger.error({ err: error, taskId: task?.id }, 'task did not go well'),
      });
      workers.push(worker);
      return worker;
    },
    call,
    upload,
    async deploy(application, files, body = {}) {
      const request = { application, source_id: await upload(files), ...body };
      const { json, text, status } = await call('POST', '/api/v2/deployments', request);
      if (status !== 202) throw new Error(`It was refused: ${text}`);
      return String(json['id']);
    },
    async waitFor(id, ...states) {
      for (;;) {
        const deployment = (await call('GET', `/api/v2/deployments/${id}`)).json as unknown as Deployment;
        if (states.includes(deployment.status)) return deployment;
        await delay(30);
      }
    },
    async settle(name) {
      for (;;) {
        const application = await findApplication(name);
        if (application === undefined || !application.is_changing) return application;
        await delay(30);
      }
    },
    ask(application, path = '/') {
      return new Promise((resolve, reject) => {
        // `fetch` sets no host of the caller's choice, and names below localhost lead here not everywhere.
        const { routerHost: host, routerPort: port } = config.deployments;
        request({ host, port, path, headers: { host: `${application}.localhost` }, timeout: 20_000 }, (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.on('end', () => resolve({ status: response.statusCode!, text })).on('error', reject);
        })
          .on('error', reject)
          .end();
      });
    },
    async stop() {
      for (const worker of workers) await worker.stop({ graceSeconds: 0 });
      // What was deployed outlives its workers.
      const labels = await query<{ label: string }>(cluster.superuserUrl, 'select label from applications');
      for (const { label } of labels) await target.destroy(label);
      await scheduler.stop();
      await relay.stop();
      await connectRouter(routerOrderOf(config))
        .stop()
        .catch(() => {});
      await app.close();
      await database.close();
      await cluster.stop();
    },
  };
}

/** A repository of one commit with these files. */
function makeBundle(files: Readonly<Record<string, string>>): Buffer {
  using directory = createTemporaryDirectory();
  const git = (...args: string[]): Buffer =>
    execFileSync('git', ['-C', directory.path, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args]);
  git('init', '--quiet', '--initial-branch=main');
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory.path, name)), { recursive: true });
    writeFileSync(join(directory.path, name), content);
  }
  git('add', '--all');
  git('commit', '--quiet', '--message=first');
  return git('bundle', 'create', '--quiet', '-', '--all');
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
