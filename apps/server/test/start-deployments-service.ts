import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Application, Deployment } from '@deployguard/contracts';
import { connectRouter } from '@deployguard/delivery';
import type { Instance, Target } from '@deployguard/delivery';
import { createTemporaryDirectory, findFreePort } from '@deployguard/testkit';
import type { TestGitServer } from '@deployguard/testkit';
import { createDeploymentDuties } from '../src/features/deployments/duties.ts';
import { placesOf } from '../src/features/deployments/places.ts';
import { createRuntimeOpener, createTargetOpener } from '../src/features/deployments/runtime.ts';
import type { Config } from '../src/platform/config/index.ts';
import { routerOrderOf } from '../src/router.ts';
import type { EngineThing } from './find-engine-remains.ts';
import { listRemains } from './list-remains.ts';
import { startPart } from './start-part.ts';
import type { StartedPart } from './start-part.ts';
import { query } from './start-test-cluster.ts';
import { startWorkingService } from './start-working-service.ts';
import type { WorkingService } from './start-working-service.ts';
import { trustGitServer } from './trust-git-server.ts';

/** The API, workers and a router, with the target that the environment names: by default that of processes. */
export interface DeploymentsService extends Pick<WorkingService, 'app' | 'platform' | 'call' | 'startWorker' | 'stopWorkers'> {
  readonly target: Target;
  /** Instances of the application that run. */
  listInstances(application: string): Promise<readonly Instance[]>;
  /** What is there of it that nobody needs. */
  listRemains(application: string): Promise<string[]>;
  /** A worker in a process of its own, whose leases end soon after it. */
  startWorkerProcess(): Promise<StartedPart>;
  /** Uploads a repository of one commit with these files. */
  upload(files: Readonly<Record<string, string>>): Promise<string>;
  /** Deploys these files as the application. */
  deploy(application: string, files: Readonly<Record<string, string>>, body?: Record<string, unknown>): Promise<string>;
  get(id: string): Promise<Deployment>;
  /** Waits until the deployment is in one of the states. */
  waitFor(id: string, ...states: Deployment['status'][]): Promise<Deployment>;
  /** Waits until nothing is under way with the application. */
  settle(name: string): Promise<Application | undefined>;
  /** Kills what owns an instance, which runs on. */
  killSupervisor(instance: Instance): Promise<void>;
  /** Does what the scheduler does every twenty seconds. */
  keepApplications(): Promise<void>;
  /** What users of the application get. */
  ask(application: string, path?: string): Promise<{ readonly status: number; readonly text: string }>;
  /** Changes what workers of this process go by from now on. */
  change(settings: Partial<ChangeableSettings>): void;
  /** Leaves no room on the disk of the deployments; undefined where nothing may be mounted. Whoever calls the result has it freed. */
  fillDisk(): (() => void) | undefined;
  stop(): Promise<void>;
}

export interface ChangeableSettings {
  /** How long a release is watched after users were led to it. */
  readonly observeSeconds: number;
  readonly keepReleases: number;
  /** Below which applications are reached. */
  readonly domain: string;
  readonly sandbox: Config['deployments']['sandbox'];
  readonly sandboxReadable: Config['deployments']['sandboxReadable'];
}

export interface DeploymentsServiceOptions {
  readonly observeSeconds?: number;
  /** Workers may clone from it. */
  readonly git?: TestGitServer;
  readonly environment?: Readonly<Record<string, string>>;
  /** Where applications run in containers: all that the engine has, which nobody else uses. */
  readonly listOfEngine?: () => Promise<readonly EngineThing[]>;
}

/** Asking costs the machine time that what is waited for could use. */
const pollMs = 75;
/** Of the disk that the deployments have for themselves. */
const diskSize = '96m';

export async function startDeploymentsService(options: DeploymentsServiceOptions = {}): Promise<DeploymentsService> {
  const { observeSeconds = 0, git, environment: more = {}, listOfEngine = async () => [] } = options;
  const data = createTemporaryDirectory();
  const directory = join(data.path, 'deployments');
  mkdirSync(directory);
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${diskSize}`, 'none', directory]).status === 0;
  const workDirectory = join(data.path, 'work');
  const environment = {
    DEPLOYGUARD_DATA_DIRECTORY: data.path,
    DEPLOYGUARD_DEPLOYMENTS_DIRECTORY: directory,
    DEPLOYGUARD_DEPLOYMENTS_TARGET: 'process',
    DEPLOYGUARD_DEPLOYMENTS_ROUTER_PORT: String(await findFreePort()),
    DEPLOYGUARD_DEPLOYMENTS_OBSERVE_SECONDS: String(observeSeconds),
    DEPLOYGUARD_DEPLOYMENTS_DRAIN_SECONDS: '2',
    DEPLOYGUARD_WORKER_TEMPORARY_DIRECTORY: workDirectory,
    ...more,
  };
  const deployments = {};
  const service = await startWorkingService({
    environment,
    change(given) {
      const trusting = git === undefined ? given : trustGitServer(given, git);
      return { ...trusting, config: { ...trusting.config, deployments: Object.assign(deployments, { ...trusting.config.deployments }) } };
    },
  });
  const { app, platform, cluster, call, startWorker, stopWorkers } = service;
  const { config } = platform;
  const places = placesOf(config);
  const kind = config.deployments.target ?? 'process';
  const openTarget = createTargetOpener(platform);
  const target = openTarget(kind);
  const [keepApplications] = createDeploymentDuties(platform, createRuntimeOpener(platform, openTarget));
  const ground = { base: places.base, instances: kind === 'container' ? places.containers : places.instances, listOfEngine };
  const router = connectRouter(routerOrderOf(config));
  const parts: StartedPart[] = [];

  async function upload(files: Readonly<Record<string, string>>): Promise<string> {
    const { json } = await call('POST', '/api/v2/sources', makeBundle(files));
    return String(json['id']);
  }

  async function findApplication(name: string): Promise<Application | undefined> {
    const { json } = await call('GET', `/api/v2/applications?name=${name}`);
    return (json['items'] as Application[])[0];
  }

  async function get(id: string): Promise<Deployment> {
    const { status, json, text } = await call('GET', `/api/v2/deployments/${id}`);
    // Whoever waits for something would wait for ever.
    if (status !== 200) throw new Error(`It cannot be asked for: ${text}`);
    return json as unknown as Deployment;
  }

  return {
    app,
    platform,
    target,
    call,
    startWorker,
    stopWorkers,
    listInstances: (application) => target.list(application),
    listRemains: (application) =>
      listRemains({ ...ground, workDirectory, superuserUrl: cluster.superuserUrl, target, router }, application),
    async startWorkerProcess() {
      const part = await startPart('worker', {
        ...environment,
        DATABASE_URL: cluster.url,
        DEPLOYGUARD_AUTH_API_KEYS: 'true',
        DEPLOYGUARD_WORKER_LEASE_SECONDS: '5',
      });
      parts.push(part);
      return part;
    },
    upload,
    async deploy(application, files, body = {}) {
      const source = 'repo_url' in body || 'source_id' in body ? {} : { source_id: await upload(files) };
      const { json, text, status } = await call('POST', '/api/v2/deployments', { application, ...source, ...body });
      if (status !== 202) throw new Error(`It was refused: ${text}`);
      return String(json['id']);
    },
    get,
    async waitFor(id, ...states) {
      for (;;) {
        const deployment = await get(id);
        if (states.includes(deployment.status)) return deployment;
        await delay(pollMs);
      }
    },
    async settle(name) {
      for (;;) {
        const application = await findApplication(name);
        if (application === undefined || !application.is_changing) return application;
        await delay(pollMs);
      }
    },
    async killSupervisor(instance) {
      process.kill(instance.handle.pid, 'SIGKILL');
      while (!(await target.inspect(instance, { seesPorts: false }))?.isOrphaned) await delay(pollMs);
    },
    keepApplications: () => keepApplications!.run(new AbortController().signal),
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
    change: (settings) => void Object.assign(deployments, settings),
    fillDisk() {
      if (!isMounted) return undefined;
      const ballast = join(directory, 'ballast');
      // It writes until there is no more room.
      spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=64k']);
      return () => rmSync(ballast);
    },
    async stop() {
      await stopWorkers();
      await Promise.all(parts.map((part) => part.kill()));
      // What was deployed outlives its workers.
      const labels = await query<{ label: string }>(cluster.superuserUrl, 'select label from applications');
      for (const { label } of labels) await target.destroy(label);
      await router.stop().catch(() => {});
      await service.stop();
      if (isMounted) spawnSync('umount', ['--lazy', directory]);
      data.dispose();
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
