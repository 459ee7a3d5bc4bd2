import { randomBytes } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createTemporaryDirectory, startTestServices } from '@deployguard/testkit';
import type { ServiceName, TestServices } from '@deployguard/testkit';
import { loadKeyring } from '../../src/platform/keyring/index.ts';
import { createS3Storage } from '../../src/platform/storage/s3-storage.ts';
import { openTestDatabase } from '../open-test-database.ts';
import type { TestDatabase } from '../open-test-database.ts';
import { checkEffects } from './check-effects.ts';
import type { World } from './check-effects.ts';
import { startFleet } from './fleet.ts';
import type { Fleet, FleetMember } from './fleet.ts';
import { startGitHost } from './git-host.ts';
import { createPatientClient } from './patient-client.ts';
import type { PatientClient } from './patient-client.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';
import { listOpen, settle } from './settle.ts';
import { walkJob } from './walk-job.ts';
import type { JobRecord } from './walk-job.ts';
import { startWebhookReceiver } from './webhook-receiver.ts';

export interface FaultOptions {
  /** `embedded`: there is none, and the database announces tasks. */
  readonly broker: 'rabbitmq' | 'redis' | 'embedded';
  readonly jobs: number;
  /** SIGKILLs of processes of the service. */
  readonly kills: number;
  /** After so many kills a server that the service stands on is killed and started again: broker, S3, PostgreSQL in turn. */
  readonly killsPerRestart: number;
  /** How long it stays away at most, besides its start. Default 2. */
  readonly longestOutageSeconds?: number;
  /** After so many kills a worker is stopped for longer than its leases last. */
  readonly killsPerFreeze: number;
  /** Jobs at a time. */
  readonly inFlight: number;
  readonly members: readonly FleetMember[];
  readonly seed: number;
  readonly onNews?: (line: string) => void;
}

export interface FaultReport {
  /** What must not happen; empty when nothing was lost and nothing done twice. */
  readonly violations: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
  /** What the processes logged. */
  readonly complaints: readonly string[];
}

/** Two of each part; clocks of the second ones are wrong by hours. */
export const manyProcesses: readonly FleetMember[] = [
  { part: 'api' },
  { part: 'api', skewSeconds: -3 * 3600 },
  { part: 'worker' },
  { part: 'worker', skewSeconds: 3 * 3600 },
  { part: 'scheduler' },
  { part: 'scheduler', skewSeconds: -3 * 3600 },
];

const leaseSeconds = 6;
const stallMilliseconds = 300_000;
const users = ['alice', 'bob', 'carol'];

/**
 * Real jobs over real servers while processes and servers are killed at random. What came of it is told by those outside: the git server's own
 * log of what it accepted, the receiver of webhooks, the storage, and the clients, who repeat with their idempotency key what was not answered.
 */
export async function runFaults(options: FaultOptions): Promise<FaultReport> {
  const { broker, members, seed, onNews = () => {} } = options;
  const random = createRandom(seed);
  await using stack = new AsyncDisposableStack();
  const directory = stack.use(createTemporaryDirectory('deployguard-faults-'));
  chmodSync(directory.path, 0o755);
  const services = stack.use(await startTestServices(['postgres', ...(broker === 'embedded' ? [] : [broker]), 's3'], { isPrivate: true }));
  const { environment: servers } = services;
  const database = stack.adopt(await openTestDatabase({ serverUrl: servers['DATABASE_URL']! }), (opened) => opened.close());
  const git = stack.adopt(await startGitHost(), (host) => host.close());
  const receiver = stack.adopt(await startWebhookReceiver(random), (opened) => opened.close());
  const keyringFile = join(directory.path, 'keyring.json');
  await loadKeyring({ file: keyringFile, mayCreate: true });
  const proof = randomBytes(24).toString('hex');
  const environment = {
    DATABASE_URL: database.url,
    ...(broker === 'embedded' ? {} : { BROKER_URL: servers[broker === 'rabbitmq' ? 'RABBITMQ_URL' : 'REDIS_URL']! }),
    S3_ENDPOINT_URL: servers['S3_ENDPOINT_URL']!,
    S3_ACCESS_KEY: servers['S3_ACCESS_KEY']!,
    S3_SECRET_KEY: servers['S3_SECRET_KEY']!,
    S3_BUCKET: 'faults',
    AUTH_SERVICE_URL: git.authServiceUrl,
    DEPLOYGUARD_AUTH_GATEWAY_PROOFS: proof,
    DEPLOYGUARD_DATA_DIRECTORY: directory.path,
    DEPLOYGUARD_KEYRING_FILE: keyringFile,
    DEPLOYGUARD_EGRESS_ALLOW: 'localhost',
    DEPLOYGUARD_EGRESS_CA_FILE: git.caFile,
    DEPLOYGUARD_HTTP_USER_REQUESTS_PER_MINUTE: '1000000',
    DEPLOYGUARD_WORKER_LEASE_SECONDS: String(leaseSeconds),
    DEPLOYGUARD_WORKER_TEMPORARY_DIRECTORY: join(directory.path, 'work'),
    LOG_LEVEL: 'warn',
    PORT: '0',
  };
  const fleet = startFleet(members, environment);
  stack.defer(async () => void (await fleet.stop()));
  const troubles = new Map<string, number>();
  const faults: string[] = [];
  const clients = new Map(
    users.map((user) => [
      user,
      createPatientClient({
        urls: fleet.urls,
        headers: { 'x-user-id': user, 'x-gateway-proof': proof },
        onTrouble: (what) => troubles.set(what, (troubles.get(what) ?? 0) + 1),
        onFault: (what) => faults.push(what),
      }),
    ]),
  );
  await subscribe([...clients.values()], receiver.url);

  const startedAt = performance.now();
  const progress = { ended: 0 };
  const chaos = wreak({ ...options, fleet, services, random, progress, onNews });
  const records = await Promise.race([
    walkAll({ ...options, clients, git, random, progress }),
    watch(progress, options.jobs, fleet, database),
  ]);
  const done = await chaos;
  onNews(`all ${records.length} jobs ended after ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);

  const storage = stack.adopt(
    createS3Storage({
      endpointUrl: servers['S3_ENDPOINT_URL']!,
      region: servers['S3_REGION']!,
      bucket: 'faults',
      credentials: { accessKeyId: servers['S3_ACCESS_KEY']!, secretAccessKey: servers['S3_SECRET_KEY']! },
    }),
    (opened) => opened.close(),
  );
  const world: World = {
    database,
    git,
    receiver,
    storage,
    records,
    clients,
    temporaryDirectory: environment.DEPLOYGUARD_WORKER_TEMPORARY_DIRECTORY,
  };
  const settled = await settle(world, { fleet, environment, onNews });
  const { violations, counts } = await checkEffects(world);
  return {
    complaints: fleet.complaints,
    violations: [...faults, ...settled.violations, ...violations],
    counts: {
      ...done,
      ...settled.counts,
      ...counts,
      ...Object.fromEntries([...troubles].map(([what, times]) => [`tries without answer: ${what}`, times])),
    },
  };
}

async function subscribe(clients: readonly PatientClient[], url: string): Promise<void> {
  const events = ['job.awaiting_selection', 'job.cancelled', 'job.cleaned', 'job.completed', 'job.expired', 'job.failed'];
  for (const [index, client] of clients.entries()) await client.post('/api/v2/webhooks', { url, events }, `webhook-${index}`);
}

interface Walks extends FaultOptions {
  readonly clients: ReadonlyMap<string, PatientClient>;
  readonly git: Awaited<ReturnType<typeof startGitHost>>;
  readonly random: Random;
  readonly progress: { ended: number };
}

/** So many at a time. */
async function walkAll({ jobs, inFlight, clients, git, random, progress }: Walks): Promise<JobRecord[]> {
  const records: JobRecord[] = [];
  let next = 0;
  const walkOn = async (): Promise<void> => {
    while (next < jobs) {
      const number = next++;
      const user = users[number % users.length]!;
      const deleteAfterMilliseconds = random.isOnceIn(20) ? random.next() * 12_000 : undefined;
      records.push(await walkJob({ number, user, client: clients.get(user)!, git, deleteAfterMilliseconds }));
      progress.ended++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, walkOn));
  return records;
}

/** Says what is wrong when nothing comes to an end any more. */
async function watch(progress: { readonly ended: number }, jobs: number, fleet: Fleet, database: TestDatabase): Promise<never> {
  for (let seen = -1; seen !== progress.ended; await delay(stallMilliseconds, undefined, { ref: false })) seen = progress.ended;
  const open = await listOpen({ database }).catch(String);
  throw new Error(
    `${progress.ended} of ${jobs} jobs ended, and no further one. Open: ${String(open)}\n${fleet.complaints.slice(-30).join('\n')}`,
  );
}

interface Havoc extends FaultOptions {
  readonly fleet: Fleet;
  readonly services: TestServices;
  readonly random: Random;
  readonly progress: { readonly ended: number };
  readonly onNews: (line: string) => void;
}

/** Kills are spread over the jobs, however long these take. */
async function wreak(havoc: Havoc): Promise<Record<string, number>> {
  const {
    kills,
    killsPerRestart,
    killsPerFreeze,
    longestOutageSeconds = 2,
    jobs,
    broker,
    fleet,
    services,
    random,
    progress,
    onNews,
  } = havoc;
  const counts: Record<string, number> = { 'restarts of servers': 0, 'frozen workers': 0 };
  const count = (what: string): void => void (counts[what] = (counts[what] ?? 0) + 1);
  const servers: readonly ServiceName[] = [...(broker === 'embedded' ? [] : [broker]), 's3', 'postgres'];
  const sideShows: Promise<void>[] = [];
  for (let kill = 1; kill <= kills; kill++) {
    while (progress.ended < ((kill - 1) * jobs * 0.9) / kills && progress.ended < jobs) await delay(100);
    await delay(random.next() * 1500);
    let victim = fleet.killOne(random);
    for (; victim === undefined; victim = fleet.killOne(random)) await delay(100);
    count(`kills of ${victim}`);
    if (kill % killsPerFreeze === 0) {
      count('frozen workers');
      sideShows.push(fleet.freezeWorker(random, leaseSeconds * 1.5 + 6));
    }
    if (kill % killsPerRestart === 0) {
      const server = servers[(kill / killsPerRestart - 1) % servers.length]!;
      await services.kill(server);
      await delay(random.next() * longestOutageSeconds * 1000);
      await services.start(server);
      count('restarts of servers');
    }
    if (kill % 10 === 0) onNews(`${kill} kills, ${progress.ended} jobs ended`);
  }
  await Promise.all(sideShows);
  return counts;
}
