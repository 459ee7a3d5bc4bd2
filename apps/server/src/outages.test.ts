import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { operations } from '@deployguard/contracts';
import type { JobDetails } from '@deployguard/contracts';
import { buildToken, createTemporaryDirectory, createTestRepository, startTestServices } from '@deployguard/testkit';
import type { TestServices } from '@deployguard/testkit';
import { openTestDatabase } from '../test/open-test-database.ts';
import type { TestDatabase } from '../test/open-test-database.ts';
import { startPart } from '../test/start-part.ts';
import type { StartedPart } from '../test/start-part.ts';
import { loadKeyring } from './platform/keyring/index.ts';

// Real servers are taken away from under a real API: what needs them is refused so that it can be asked for again, and nothing of it is kept; what
// does not goes on.

const limit = { timeout: 600_000 };
const directory = createTemporaryDirectory();
const cleanup = new AsyncDisposableStack();
const headers = { 'x-user-id': 'alice', 'x-gateway-proof': randomBytes(20).toString('hex') };
let services: TestServices;
let database: TestDatabase;
/** Over RabbitMQ and over Redis. */
let apis: Readonly<Record<'rabbitmq' | 'redis', StartedPart>>;
let selected: string;
let cleaned: string;

before(async () => {
  chmodSync(directory.path, 0o755);
  cleanup.defer(() => directory.dispose());
  services = await startTestServices(['postgres', 'rabbitmq', 'redis', 's3'], { isPrivate: true });
  cleanup.use(services);
  database = await openTestDatabase({ serverUrl: services.environment['DATABASE_URL']! });
  cleanup.defer(() => database.close());
  const keyring = join(directory.path, 'keyring.json');
  await loadKeyring({ file: keyring, mayCreate: true });
  const settingsOf = (brokerUrl: string): Record<string, string> => ({
    DATABASE_URL: database.url,
    BROKER_URL: brokerUrl,
    S3_ENDPOINT_URL: services.environment['S3_ENDPOINT_URL']!,
    S3_ACCESS_KEY: services.environment['S3_ACCESS_KEY']!,
    S3_SECRET_KEY: services.environment['S3_SECRET_KEY']!,
    S3_REGION: services.environment['S3_REGION']!,
    S3_BUCKET: 'deployguard',
    DEPLOYGUARD_DATA_DIRECTORY: join(directory.path, 'data'),
    DEPLOYGUARD_KEYRING_FILE: keyring,
    DEPLOYGUARD_AUTH_GATEWAY_PROOFS: headers['x-gateway-proof'],
    TMPDIR: directory.path,
    PORT: '0',
  });
  const start = async (part: 'api' | 'worker', brokerUrl: string): Promise<StartedPart> => {
    const started = await startPart(part, settingsOf(brokerUrl));
    cleanup.defer(async () => void (await started.stop()));
    return started;
  };
  const rabbitmqUrl = services.environment['RABBITMQ_URL']!;
  const [api, worker] = [await start('api', rabbitmqUrl), await start('worker', rabbitmqUrl)];
  [selected, cleaned] = await makeJobs(api.url!);
  // Nothing moves any more but what the tests ask for.
  await worker.stop();
  apis = { rabbitmq: api, redis: await start('api', services.environment['REDIS_URL']!) };
});
after(() => cleanup.disposeAsync());

for (const broker of ['rabbitmq', 'redis'] as const) {
  test(`without ${broker} nothing is started, what is asked for says when to come back, and everything can be read`, limit, async () => {
    const url = apis[broker].url!;
    const requests = listStarts();
    await services.stop(broker);
    await waitForReadiness(url, 'rabbitmq', false);
    const before = await countRows();

    for (const [path, init] of requests) await assertRefused(url + path, init, 'QUEUE_UNAVAILABLE');
    for (const path of listReads()) await assertAnswered(url + path);
    assert.deepEqual(await countRows(), before);
    for (const { path, method, needsBroker } of Object.values(operations) as { path: string; method: string; needsBroker?: boolean }[]) {
      if (!needsBroker) continue;
      const address = url + path.replaceAll(/\{[^}]+\}/g, selected);
      await assertRefused(
        address,
        { method, body: '{}', headers: { ...headers, 'content-type': 'application/json' } },
        'QUEUE_UNAVAILABLE',
      );
    }

    await services.start(broker);
    await waitForReadiness(url, 'rabbitmq', true);
    // The same request, as it was refused.
    const [path, init] = requests[0]!;
    const first = await fetch(url + path, init);
    const again = await fetch(url + path, init);
    assert.deepEqual([first.status, again.status], [202, 202]);
    assert.deepEqual(await first.json(), await again.json());
    const after = await countRows();
    assert.deepEqual([after['jobs'], after['tasks']], [before['jobs']! + 1, before['tasks']! + 1]);
  });
}

test(
  'without the database everything that needs it says when to come back, and nothing is half done when it is there again',
  limit,
  async () => {
    const url = apis.rabbitmq.url!;
    const requests = listStarts();
    await waitForRelay();
    const before = await countRows();
    await services.stop('postgres');

    for (const [path, init] of requests) await assertRefused(url + path, init, 'UNAVAILABLE');
    for (const path of listReads()) await assertRefused(url + path, { headers }, 'UNAVAILABLE');
    await assertAnswered(`${url}/api/v2/health`);
    await waitForReadiness(url, 'database', false);

    await services.start('postgres');
    await waitForReadiness(url, 'database', true);
    assert.deepEqual(await countRows(), before);
    for (const path of listReads()) await assertAnswered(url + path);
    const [path, init] = requests[0]!;
    assert.equal((await fetch(url + path, init)).status, 202);
  },
);

test('without the storage of files, uploads and proofs say when to come back, and everything else goes on', limit, async () => {
  const url = apis.rabbitmq.url!;
  const upload = (): RequestInit => ({
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-git-bundle' },
    body: readFileSync(join(directory.path, 'all.bundle')),
  });
  await services.stop('s3');
  await waitForReadiness(url, 'storage', false);
  await waitForRelay();
  const before = await countRows();

  await assertRefused(`${url}/api/v2/sources`, upload(), 'UNAVAILABLE');
  await assertRefused(`${url}/api/v2/jobs/${cleaned}/proof`, { headers }, 'UNAVAILABLE');
  assert.deepEqual(await countRows(), before);
  for (const path of listReads()) await assertAnswered(url + path);
  const [path, init] = listStarts()[0]!;
  assert.equal((await fetch(url + path, init)).status, 202);

  await services.start('s3');
  await waitForReadiness(url, 'storage', true);
  await assertAnswered(`${url}/api/v2/jobs/${cleaned}/proof`);
  assert.equal((await fetch(`${url}/api/v2/sources`, upload())).status, 201);
});

/** One in which something is selected, one that is cleaned. */
async function makeJobs(url: string): Promise<[string, string]> {
  await using repository = createTestRepository({ bare: true });
  repository.commit({ files: { 'settings.env': `STRIPE_KEY=${buildToken({ prefix: ['sk_', 'live_'], length: 24, seed: 'outage' })}\n` } });
  await repository.git(['bundle', 'create', '--quiet', join(directory.path, 'all.bundle'), '--all']);
  const send = async (path: string, body: unknown, type = 'application/json'): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${url}/api/v2/${path}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': type },
      body: body instanceof Uint8Array ? Buffer.from(body) : JSON.stringify(body),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as Record<string, unknown>;
  };
  const source = await send('sources', readFileSync(join(directory.path, 'all.bundle')), 'application/x-git-bundle');
  const ids: string[] = [];
  for (const isCleaned of [false, true]) {
    const { id } = (await send('jobs', { source_platform: 'generic', source_id: source['id'] })) as { id: string };
    await waitForState(url, id, 'awaiting_selection');
    await send(`jobs/${id}/secrets/select`, { filter: {} });
    if (isCleaned) await send(`jobs/${id}/clean`, {});
    if (isCleaned) await waitForState(url, id, 'cleaned');
    ids.push(id);
  }
  return [ids[0]!, ids[1]!];
}

async function waitForState(url: string, id: string, state: string): Promise<void> {
  for (;;) {
    const { job } = (await (await fetch(`${url}/api/v2/jobs/${id}`, { headers })).json()) as JobDetails;
    if (job.status === state) return;
    assert.notEqual(job.status, 'failed', JSON.stringify(job.last_error));
    await delay(50);
  }
}

/** Each start of work, to be sent as often as one likes. */
function listStarts(): [path: string, init: RequestInit][] {
  const post = (body: unknown): RequestInit => ({
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': randomBytes(8).toString('hex') },
    body: JSON.stringify(body),
  });
  return [
    ['/api/v2/jobs', post({ source_platform: 'generic', source_url: 'https://git.example.com/shop.git' })],
    [`/api/v2/jobs/${selected}/clean`, post({})],
    [`/api/v2/jobs/${cleaned}/push`, post({ target_platform: 'generic', target_url: 'https://git.example.com/new.git' })],
  ];
}

function listReads(): string[] {
  const ofJobs = [selected, cleaned].flatMap((id) => ['', '/secrets', '/report?format=json'].map((rest) => `jobs/${id}${rest}`));
  return ['jobs', ...ofJobs, 'audit', 'tasks', 'webhooks', 'api-keys', 'false-positive-patterns'].map((path) => `/api/v2/${path}`);
}

async function assertRefused(url: string, init: RequestInit, code: string): Promise<void> {
  const answer = await fetch(url, init);
  const text = await answer.text();
  assert.equal(answer.status, 503, `${init.method ?? 'GET'} ${url} answered ${answer.status} ${text}`);
  assert.equal((JSON.parse(text) as { code: string }).code, code);
  assert.match(answer.headers.get('content-type')!, /^application\/problem\+json/);
  assert.ok(Number(answer.headers.get('retry-after')) > 0);
}

async function assertAnswered(url: string): Promise<void> {
  const answer = await fetch(url, { headers });
  const text = await answer.text();
  assert.equal(answer.status, 200, `${url} answered ${answer.status} ${text}`);
}

async function waitForReadiness(url: string, name: 'rabbitmq' | 'database' | 'storage', isUp: boolean): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/api/v2/health/ready`);
    const { services: told } = (await answer.json()) as { services: Record<string, boolean> };
    if (told[name] === isUp) return assert.equal(answer.status, Object.values(told).every(Boolean) ? 200 : 503);
    await delay(50);
  }
}

/** What was accepted a moment ago still waits to be sent on. */
async function waitForRelay(): Promise<void> {
  while ((await countRows())['outbox'] !== 0) await delay(50);
}

async function countRows(): Promise<Record<string, number>> {
  const tables = ['jobs', 'tasks', 'outbox', 'audit_logs', 'events', 'sources', 'idempotency_keys'];
  const counts = await Promise.all(
    tables.map((table) => database.query<{ count: number }>(`select count(*)::integer as count from ${table}`)),
  );
  return Object.fromEntries(tables.map((table, index) => [table, counts[index]![0]!.count]));
}
