import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Job, JobDetails } from '@deployguard/contracts';
import { createTestRepository, startTestGitServer } from '@deployguard/testkit';
import type { TestGitServer, TestGitServerOptions, TestRepository } from '@deployguard/testkit';
import type { Platform } from '../src/feature.ts';
import { createFeatures } from '../src/features/create-features.ts';
import { createCredentialsClient } from '../src/platform/credentials/index.ts';
import { openDatabase } from '../src/platform/database/index.ts';
import { startOutboxRelay } from '../src/platform/queue/index.ts';
import { startScheduler, startWorker } from '../src/platform/tasks/index.ts';
import type { TaskDefinition, TaskWorker } from '../src/platform/tasks/index.ts';
import { openTestApp } from './open-test-app.ts';
import type { TestApp } from './open-test-app.ts';
import { query, startTestCluster } from './start-test-cluster.ts';

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly json: Record<string, unknown>;
  readonly headers: Headers;
}

/** The API and a worker, a git server that wants credentials, and a service that keeps them. */
export interface JobsService {
  readonly app: TestApp;
  /** As workers have it: it may reach the git server. */
  readonly platform: Platform;
  /** Of the workers' login. */
  readonly databaseUrl: string;
  readonly git: TestGitServer;
  /** The password of the git server. */
  readonly password: string;
  /** A repository that the git server serves, and its address. */
  readonly repository: TestRepository;
  readonly repositoryUrl: string;
  startWorker(change?: (definition: TaskDefinition) => TaskDefinition): Promise<TaskWorker>;
  /** An empty repository that the git server serves. */
  createTarget(name: string): { readonly path: string; readonly url: string };
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Makes a job; waits until it is in one of the states. */
  createJob(body?: Record<string, unknown>): Promise<string>;
  waitFor(jobId: string, ...states: Job['status'][]): Promise<JobDetails>;
  /** Every row of every table, as one text. */
  dumpDatabase(): Promise<string>;
  stop(): Promise<void>;
}

export const credentialsId = 'cred-abc-123';

export interface JobsServiceOptions extends Pick<TestGitServerOptions, 'intercept'> {
  /** What the service that keeps credentials answers, by their name. Default: the password of the git server, whatever is asked for. */
  readonly credentials?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export async function startJobsService({ credentials = {}, ...options }: JobsServiceOptions = {}): Promise<JobsService> {
  const cluster = await startTestCluster();
  const database = openDatabase({ url: cluster.url });
  const app = await openTestApp({ database });
  const repository = createTestRepository({ bare: true });
  const root = dirname(repository.gitDir);
  const password = randomBytes(20).toString('hex');
  const git = await startTestGitServer({ root, credentials: `deploy:${password}`, ...options });
  const auth = createServer(({ url = '' }, response) => {
    response.end(JSON.stringify(credentials[url.split('/').at(-1)!] ?? { username: 'deploy', token: password, origins: [git.url] }));
  });
  auth.listen(0, '127.0.0.1');
  await once(auth, 'listening');
  const platform: Platform = {
    ...app.platform,
    config: { ...app.platform.config, egress: { allow: ['localhost', '127.0.0.1'] } },
    egress: { ...app.platform.egress, trustedCertificates: [readFileSync(git.caFile, 'utf8')] },
    credentials: createCredentialsClient({ serviceUrl: `http://127.0.0.1:${(auth.address() as AddressInfo).port}` }),
  };
  const relay = await startOutboxRelay({ database, doorbell: platform.doorbell });
  const definitions = createFeatures(platform).flatMap(({ tasks = [] }) => tasks);
  const backoff = { baseSeconds: 0.05, longestSeconds: 0.1 };
  // Rings for attempts that are made again.
  const scheduler = startScheduler({ database, doorbell: platform.doorbell, definitions, backoff });
  const workers: TaskWorker[] = [];
  const alice = await app.asUser('alice');

  async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const isUpload = body instanceof Uint8Array;
    const answer = await fetch(app.url + path, {
      method,
      redirect: 'manual',
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

  return {
    app,
    platform,
    databaseUrl: cluster.url,
    git,
    password,
    repository,
    repositoryUrl: `${git.url}/repository.git`,
    async startWorker(change = (definition) => definition) {
      const worker = await startWorker({
        database,
        databaseUrl: cluster.url,
        doorbell: platform.doorbell,
        definitions: definitions.map(change),
        backoff,
        onError: (error, task) => app.platform.logger.error({ err: error, taskId: task?.id }, 'task did not go well'),
      });
      workers.push(worker);
      return worker;
    },
    createTarget(name) {
      const path = join(root, `${name}.git`);
      execFileSync('git', ['init', '--bare', '--quiet', path]);
      return { path, url: `${git.url}/${name}.git` };
    },
    call,
    async createJob(body = {}) {
      const source = 'source_id' in body ? {} : { source_url: `${git.url}/repository.git`, source_credentials_id: credentialsId };
      const { json } = await call('POST', '/api/v2/jobs', { source_platform: 'generic', ...source, ...body });
      return String(json['id']);
    },
    async waitFor(jobId, ...states) {
      for (;;) {
        const details = (await call('GET', `/api/v2/jobs/${jobId}`)).json as unknown as JobDetails;
        if (states.includes(details.job.status)) return details;
        await delay(30);
      }
    },
    async dumpDatabase() {
      const tables = await query<{ name: string }>(
        cluster.superuserUrl,
        `select quote_ident(table_name) as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
      );
      const rows = await Promise.all(
        tables.map(({ name }) => query<{ text: string }>(cluster.superuserUrl, `select ${name}::text as text from ${name}`)),
      );
      return rows.flatMap((found) => found.map(({ text }) => text)).join('\n');
    },
    async stop() {
      for (const worker of workers) await worker.stop({ graceSeconds: 0 });
      await scheduler.stop();
      await relay.stop();
      auth.close();
      await git.close();
      await app.close();
      await database.close();
      await cluster.stop();
      await repository.dispose();
    },
  };
}
