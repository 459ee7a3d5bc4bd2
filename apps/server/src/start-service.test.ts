import assert from 'node:assert/strict';
import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createTemporaryDirectory, startTestServices } from '@deployguard/testkit';
import type { TemporaryDirectory, TestServices } from '@deployguard/testkit';
import { openTestDatabase } from '../test/open-test-database.ts';
import { startPart } from '../test/start-part.ts';
import type { StartedPart } from '../test/start-part.ts';
import type { ServicePart } from './index.ts';
import { loadKeyring } from './platform/keyring/index.ts';

interface Mode {
  readonly queue: 'embedded' | 'rabbitmq' | 'redis';
  readonly parts: readonly ServicePart[];
  readonly environment: Readonly<Record<string, string>>;
  /** How the first request signs in. */
  readonly headers: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

let directory: TemporaryDirectory;
let services: TestServices;

before(async () => {
  directory = createTemporaryDirectory();
  // The private PostgreSQL runs as another user when the tests run as root.
  chmodSync(directory.path, 0o755);
  services = await startTestServices(['postgres', 'rabbitmq', 'redis', 's3']);
});
after(async () => {
  await services[Symbol.asyncDispose]();
  directory.dispose();
});

const limit = { timeout: 300_000 };
const modes: Readonly<Record<string, () => Promise<Mode>>> = {
  'one process that needs nothing': () => openEmbedded(),
  'three processes over PostgreSQL, RabbitMQ and S3': openOverRabbitmq,
  'three processes over PostgreSQL, Redis and S3': openOverRedis,
};

for (const [name, open] of Object.entries(modes)) {
  test(
    `${name}: is ready, lets in by key, does tasks and counts them, hands over what it does when told to end, and goes on after that`,
    limit,
    async () => {
      const mode = await open();
      const first = await start(mode);
      const ready = await getJson(`${first.url}/api/v2/health/ready`);
      const key = await createKey(first.url, mode.headers);

      const quick = await post(`${first.url}/test/work`, key, { text: 'quick' });
      const done = await waitFor(first.url, key, quick.id, 'succeeded');
      const file = await fetch(new URL(done.url, first.url));
      const text = await file.text();
      const slow = await post(`${first.url}/test/work`, key, { text: 'slow', isSlow: true });
      await waitFor(first.url, key, slow.id, 'running');
      const metrics = await readMetrics(first);
      const ends = await first.stop();

      const second = await start(mode);
      const finished = await waitFor(second.url, key, slow.id, 'succeeded');
      const list = (await getJson(`${second.url}/api/v2/tasks`, key)) as { items: { id: string; state: string }[] };
      const kept = await (await fetch(new URL((await waitFor(second.url, key, quick.id, 'succeeded')).url, second.url))).text();
      await second.stop();
      await mode.close();

      assert.deepEqual(ready, { status: 'ready', services: { rabbitmq: true, storage: true, database: true }, queue: mode.queue });
      assert.equal(text, 'quick');
      assert.match(file.headers.get('content-disposition')!, /^attachment; filename="work.txt"/);
      for (const { exitCode, seconds } of ends) assert.ok(exitCode === 0 && seconds < 25, `exit code ${exitCode} after ${seconds} s`);
      assert.equal(finished.attempt, 2);
      assert.deepEqual(
        list.items.map(({ id, state }) => ({ id, state })),
        [slow, quick].map(({ id }) => ({ id, state: 'succeeded' })),
      );
      assert.equal(kept, 'quick');
      assert.match(metrics, /^deployguard_task_attempts_total\{kind="test-work",outcome="succeeded"\} 1$/m);
      assert.match(metrics, /^deployguard_tasks\{queue="scan",state="running"\} 1$/m);
      assert.match(metrics, /^deployguard_worker_busy_slots 1$/m);
      assert.ok(first.log.some((line) => line.includes(quick.id) && line.includes('"outcome":"succeeded"')));
      assert.ok(!first.log.some((line) => line.includes(key['x-api-key']!)));
    },
  );
}

test('embedded, what a killed process had taken is not waited for: nobody else can have it', limit, async () => {
  const mode = await openEmbedded('killed');
  // Nobody would wait for so long.
  const patient = { ...mode, environment: { ...mode.environment, DEPLOYGUARD_WORKER_LEASE_SECONDS: '3600' } };
  const first = await start(patient);
  const slow = await post(`${first.url}/test/work`, mode.headers, { text: 'slow', isSlow: true });
  await waitFor(first.url, mode.headers, slow.id, 'running');
  await first.kill();

  const second = await start(patient);
  const finished = await waitFor(second.url, mode.headers, slow.id, 'succeeded');
  await second.stop();

  assert.equal(finished.attempt, 2);
});

test('a worker leaves tasks of queues that are not its own to others', limit, async () => {
  const mode = await openEmbedded('choosing');
  const first = await start({ ...mode, environment: { ...mode.environment, DEPLOYGUARD_WORKER_QUEUES: 'deployguard, deploy' } });
  const left = await post(`${first.url}/test/work`, mode.headers, { text: 'of another' });
  await delay(2000);
  const { state } = (await getJson(`${first.url}/test/work/${left.id}`, mode.headers)) as Work;
  await first.stop();

  const second = await start(mode);
  const finished = await waitFor(second.url, mode.headers, left.id, 'succeeded');
  await second.stop();

  assert.equal(state, 'queued');
  assert.equal(finished.attempt, 1);
});

async function openEmbedded(folder = 'embedded'): Promise<Mode> {
  const environment = { DEPLOYGUARD_DATA_DIRECTORY: join(directory.path, folder), PORT: '0' };
  return { queue: 'embedded', parts: ['serve'], environment, headers: {}, close: async () => {} };
}

async function openOverRabbitmq(): Promise<Mode> {
  // A virtual host of its own: others may run this test too.
  const host = `test-${randomUUIDv7()}`;
  const url = new URL(services.environment['RABBITMQ_URL']!);
  await services.run('rabbitmq', 'rabbitmqctl', 'add_vhost', host);
  await services.run('rabbitmq', 'rabbitmqctl', 'set_permissions', '--vhost', host, url.username, '.*', '.*', '.*');
  url.pathname = `/${host}`;
  return openDistributed('rabbitmq', url.href);
}

async function openOverRedis(): Promise<Mode> {
  const url = new URL(services.environment['REDIS_URL']!);
  url.pathname = `/${(randomBytes(1)[0]! % 15) + 1}`;
  return openDistributed('redis', url.href);
}

async function openDistributed(queue: Mode['queue'], brokerUrl: string): Promise<Mode> {
  const database = await openTestDatabase();
  const file = join(directory.path, `${queue}.keyring`);
  await loadKeyring({ file, mayCreate: true });
  const proof = randomBytes(24).toString('hex');
  const environment = {
    DATABASE_URL: database.url,
    BROKER_URL: brokerUrl,
    S3_ENDPOINT_URL: services.environment['S3_ENDPOINT_URL']!,
    S3_ACCESS_KEY: services.environment['S3_ACCESS_KEY']!,
    S3_SECRET_KEY: services.environment['S3_SECRET_KEY']!,
    S3_BUCKET: `test-${queue}`,
    DEPLOYGUARD_DATA_DIRECTORY: directory.path,
    DEPLOYGUARD_KEYRING_FILE: file,
    DEPLOYGUARD_AUTH_GATEWAY_PROOFS: proof,
    DEPLOYGUARD_AUTH_API_KEYS: 'true',
    DEPLOYGUARD_TELEMETRY_PORT: '0',
    PORT: '0',
  };
  const headers = { 'x-user-id': 'alice', 'x-gateway-proof': proof };
  return { queue, parts: ['api', 'worker', 'scheduler'], environment, headers, close: () => database.close() };
}

async function start({ parts, environment }: Mode) {
  const started: StartedPart[] = await Promise.all(parts.map((part) => startPart(part, environment)));
  return {
    url: started.find(({ url }) => url !== undefined)!.url!,
    get log() {
      return started.flatMap(({ log }) => log);
    },
    stop: () => Promise.all(started.map((part) => part.stop())),
    async kill() {
      for (const { pid } of started) process.kill(pid, 'SIGKILL');
      await Promise.all(started.map(({ exited }) => exited));
    },
  };
}

/** Of all processes: those without API tell them elsewhere. */
async function readMetrics({ url, log }: { readonly url: string; readonly log: readonly string[] }): Promise<string> {
  const monitors = log.filter((line) => line.includes('"monitor listening"')).map((line) => (JSON.parse(line) as { url: string }).url);
  const texts = await Promise.all([url, ...monitors].map(async (each) => (await fetch(`${each}/metrics`)).text()));
  return texts.join('\n');
}

async function createKey(url: string, headers: Mode['headers']): Promise<Record<string, string>> {
  const body = { name: 'test', scopes: ['jobs:read', 'jobs:write', 'tasks:read'] };
  const { key } = await post<{ key: string }>(`${url}/api/v2/api-keys`, headers, body);
  return { 'x-api-key': key };
}

async function post<Answer = { id: string }>(url: string, headers: Readonly<Record<string, string>>, body: unknown): Promise<Answer> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.ok(answer.ok, `${url} answered ${answer.status}`);
  return (await answer.json()) as Answer;
}

async function getJson(url: string, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
  return (await fetch(url, { headers })).json();
}

interface Work {
  readonly state: string;
  readonly attempt: number;
  readonly url: string;
}

async function waitFor(url: string, headers: Readonly<Record<string, string>>, id: string, state: string): Promise<Work> {
  for (;;) {
    const work = (await getJson(`${url}/test/work/${id}`, headers)) as Work;
    if (work.state === state) return work;
    await delay(50);
  }
}
