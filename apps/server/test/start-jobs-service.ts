import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Job, JobDetails } from '@deployguard/contracts';
import { createTestRepository, startTestGitServer } from '@deployguard/testkit';
import type { TestGitServer, TestGitServerOptions, TestRepository } from '@deployguard/testkit';
import type { Platform } from '../src/feature.ts';
import { createCredentialsClient } from '../src/platform/credentials/index.ts';
import type { TaskDefinition, TaskWorker } from '../src/platform/tasks/index.ts';
import type { TestApp } from './open-test-app.ts';
import { query } from './start-test-cluster.ts';
import { startWorkingService } from './start-working-service.ts';
import type { Answer } from './start-working-service.ts';
import { trustGitServer } from './trust-git-server.ts';

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
  const repository = createTestRepository({ bare: true });
  const root = dirname(repository.gitDir);
  const password = randomBytes(20).toString('hex');
  const git = await startTestGitServer({ root, credentials: `deploy:${password}`, ...options });
  const auth = createServer(({ url = '' }, response) => {
    response.end(JSON.stringify(credentials[url.split('/').at(-1)!] ?? { username: 'deploy', token: password, origins: [git.url] }));
  });
  auth.listen(0, '127.0.0.1');
  await once(auth, 'listening');
  const { app, platform, cluster, call, startWorker, stop } = await startWorkingService({
    change: (given) => ({
      ...trustGitServer(given, git),
      credentials: createCredentialsClient({ serviceUrl: `http://127.0.0.1:${(auth.address() as AddressInfo).port}` }),
    }),
  });

  return {
    app,
    platform,
    databaseUrl: cluster.url,
    git,
    password,
    repository,
    repositoryUrl: `${git.url}/repository.git`,
    startWorker,
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
      await stop();
      auth.close();
      await git.close();
      await repository.dispose();
    },
  };
}
