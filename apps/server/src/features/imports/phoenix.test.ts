import assert from 'node:assert/strict';
import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ImportMessage, ReportImportDetails } from '@deployguard/contracts';
import { createTemporaryDirectory, startTestPhoenix, startTestServices } from '@deployguard/testkit';
import type { TestPhoenix } from '@deployguard/testkit';
import { openTestDatabase } from '../../../test/open-test-database.ts';
import { startPart } from '../../../test/start-part.ts';
import type { StartedPart } from '../../../test/start-part.ts';
import type { ServicePart } from '../../index.ts';
import { loadKeyring } from '../../platform/keyring/index.ts';

// A report on its way: uploaded, followed, sent on to a stand-in of Phoenix that does all that servers do wrong, told to a webhook; by processes as
// operators start them, of which the one that works is killed.

const limit = { timeout: 600_000 };
const sites = 16;

describe('a report goes to Phoenix whatever happens, no batch twice and none missing', { concurrency: true, ...limit }, () => {
  for (const [what, open] of [
    ['in one process', openEmbedded],
    ['with API, worker and scheduler over PostgreSQL, RabbitMQ and S3', openDistributed],
  ] as const)
    test(`${what}: and is followed and told to its webhook all the way`, limit, async () => {
      await using phoenix = await startTestPhoenix({ isSecure: true });
      await using hook = await startHook();
      using directory = createTemporaryDirectory();
      // The private PostgreSQL runs as another user when the tests run as root.
      chmodSync(directory.path, 0o755);
      await using mode = await open(directory.path);
      const started = await start(mode, directory.path, phoenix.authority!);
      const key = await createKey(started.url, mode.headers);
      goWrong(phoenix);

      const id = await upload(started.url, key, phoenix, hook.url);
      const listening = new AbortController();
      const heard: ImportMessage[] = [];
      const following = follow(started.url, key, id, heard, listening.signal);
      await until(() => phoenix.requests.some(({ operation, status }) => operation === 'import' && status === 0));
      await started.kill(mode.works);
      if (mode.works === 'serve') listening.abort();
      const { url } = await started.revive(mode.works);
      await following;
      if (heard.at(-1)?.type !== 'complete') await follow(url, key, id, heard, AbortSignal.timeout(300_000));
      const job = await get(url, key, id);
      await until(() => hook.received.length > 0);
      await started.stop();

      const batches = { total_batches: 9, successful_batches: 9, failed_batches: 0, success_rate: 100 };
      assert.deepEqual([job.status, job.assets_imported, job.batch_summary], ['completed', sites, batches], job.error_message ?? '');
      const sent = phoenix.imports.flatMap(({ assets }) => assets.map(({ attributes }) => attributes['fqdn']!));
      assert.deepEqual(sent.toSorted(), listSites().toSorted());
      assert.deepEqual(
        phoenix.imports.map(({ importType }) => importType),
        ['new', ...Array.from({ length: 8 }, () => 'delta')],
      );
      assert.equal(phoenix.inventory.listOpen().length, sites);
      const told = { assets_imported: sites, vulnerabilities_imported: sites, assessment_name: 'shop' };
      const [posted] = hook.received;
      assert.deepEqual(posted, {
        job_id: id,
        status: 'completed',
        filename: 'report.jsonl',
        scanner_type: 'nuclei',
        success: true,
        timestamp: posted!['timestamp'],
        ...told,
      });
      assert.equal(hook.received.length, 1);
      assert.deepEqual(
        heard.map(({ sequence }) => sequence),
        heard.map((_, index) => index + 1),
      );
      assert.equal(heard.at(-1)!.type, 'complete');
      const lines = heard.filter(({ type }) => type === 'log').map(({ data }) => (data as { message: string }).message);
      for (const line of [/sent in halves/, /status 429/, /status 500/, /was imported before/])
        assert.ok(
          lines.some((each) => line.test(each)),
          `${line} in ${lines.join('\n')}`,
        );
      const { clientSecret } = phoenix.credentials;
      assert.ok(![...started.log, JSON.stringify(heard), JSON.stringify(job)].join('\n').includes(clientSecret));
    });
});

/** Eight batches of two, and what becomes of them. */
function goWrong(phoenix: TestPhoenix): void {
  phoenix.fail({ on: 'import', after: 1, with: { status: 401 } });
  phoenix.fail({ on: 'import', after: 1, with: { status: 429, headers: { 'retry-after': '1' } } });
  phoenix.fail({ on: 'import', after: 1, with: { status: 500 } });
  // The fifth is taken without a word.
  phoenix.fail({ on: 'import', after: 1, isCarriedOut: true, with: { status: 200 } });
  // The seventh is on its way when the worker is killed; the last one is not answered in time, and then too large.
  phoenix.fail({ on: 'import', after: 1, with: 'silence' });
  phoenix.fail({ on: 'import', after: 1, with: 'silence' });
  phoenix.fail({ on: 'import', with: { status: 413 } });
}

interface Mode extends AsyncDisposable {
  readonly parts: readonly ServicePart[];
  /** The part that sends. */
  readonly works: ServicePart;
  readonly environment: Readonly<Record<string, string>>;
  /** How the first request signs in. */
  readonly headers: Readonly<Record<string, string>>;
}

async function openEmbedded(directory: string): Promise<Mode> {
  const environment = { DEPLOYGUARD_DATA_DIRECTORY: join(directory, 'data') };
  return { parts: ['serve'], works: 'serve', environment, headers: {}, [Symbol.asyncDispose]: async () => {} };
}

async function openDistributed(directory: string): Promise<Mode> {
  const services = await startTestServices(['postgres', 'rabbitmq', 's3']);
  const database = await openTestDatabase();
  // A virtual host of its own: others may run this test too.
  const host = `test-${randomUUIDv7()}`;
  const broker = new URL(services.environment['RABBITMQ_URL']!);
  await services.run('rabbitmq', 'rabbitmqctl', 'add_vhost', host);
  await services.run('rabbitmq', 'rabbitmqctl', 'set_permissions', '--vhost', host, broker.username, '.*', '.*', '.*');
  broker.pathname = `/${host}`;
  const keyring = join(directory, 'keyring.json');
  await loadKeyring({ file: keyring, mayCreate: true });
  const proof = randomBytes(24).toString('hex');
  mkdirSync(join(directory, 'data'));
  const environment = {
    DATABASE_URL: database.url,
    BROKER_URL: broker.href,
    S3_ENDPOINT_URL: services.environment['S3_ENDPOINT_URL']!,
    S3_ACCESS_KEY: services.environment['S3_ACCESS_KEY']!,
    S3_SECRET_KEY: services.environment['S3_SECRET_KEY']!,
    S3_BUCKET: `test-${randomBytes(6).toString('hex')}`,
    DEPLOYGUARD_DATA_DIRECTORY: join(directory, 'data'),
    DEPLOYGUARD_KEYRING_FILE: keyring,
    DEPLOYGUARD_AUTH_GATEWAY_PROOFS: proof,
    DEPLOYGUARD_AUTH_API_KEYS: 'true',
    DEPLOYGUARD_TELEMETRY_PORT: '0',
  };
  return {
    parts: ['api', 'worker', 'scheduler'],
    works: 'worker',
    environment,
    headers: { 'x-user-id': 'alice', 'x-gateway-proof': proof },
    async [Symbol.asyncDispose]() {
      await database.close();
      await services[Symbol.asyncDispose]();
    },
  };
}

async function start(mode: Mode, directory: string, authority: string) {
  const caFile = join(directory, 'authority.pem');
  writeFileSync(caFile, authority);
  const environment = {
    PORT: '0',
    DEPLOYGUARD_EGRESS_ALLOW: 'localhost,127.0.0.1',
    DEPLOYGUARD_EGRESS_CA_FILE: caFile,
    DEPLOYGUARD_IMPORTS_STREAM_CLOSE_SECONDS: '0',
    DEPLOYGUARD_IMPORTS_PHOENIX_REQUESTS_PER_MINUTE: '6000',
    DEPLOYGUARD_IMPORTS_PHOENIX_TIMEOUT_SECONDS: '6',
    // Soon enough after the death of a worker, and long enough for a busy machine.
    DEPLOYGUARD_WORKER_LEASE_SECONDS: '8',
    ...mode.environment,
  };
  const parts = new Map<ServicePart, StartedPart>();
  const log: string[][] = [];
  async function run(part: ServicePart): Promise<void> {
    const started = await startPart(part, environment);
    log.push(started.log as string[]);
    parts.set(part, started);
  }
  const findUrl = (): string => [...parts.values()].find(({ url }) => url !== undefined)!.url!;
  await Promise.all(mode.parts.map(run));
  return {
    url: findUrl(),
    get log() {
      return log.flat();
    },
    kill: (part: ServicePart) => parts.get(part)!.kill(),
    async revive(part: ServicePart) {
      await run(part);
      return { url: findUrl() };
    },
    stop: () => Promise.all([...parts.values()].map((part) => part.stop())),
  };
}

type Key = Readonly<Record<string, string>>;

async function createKey(url: string, headers: Mode['headers']): Promise<Key> {
  const answer = await fetch(`${url}/api/v2/api-keys`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'ci', scopes: ['imports:read', 'imports:write'] }),
  });
  assert.equal(answer.status, 201);
  return { 'x-api-key': ((await answer.json()) as { key: string }).key };
}

function listSites(): string[] {
  return Array.from({ length: sites }, (_, number) => `shop-${number}.example.com`);
}

/** A report of Nuclei. */
function printReport(): string {
  const lines = listSites().map((site) =>
    JSON.stringify({
      'template-id': 'exposed-panel',
      info: { name: 'Exposed panel', severity: 'high' },
      type: 'http',
      host: `https://${site}`,
      'matched-at': `https://${site}/admin`,
    }),
  );
  return lines.join('\n');
}

async function upload(url: string, key: Key, phoenix: TestPhoenix, hook: string): Promise<string> {
  const form = new FormData();
  const fields = {
    assessment_name: 'shop',
    import_type: 'new',
    phoenix_api_url: phoenix.url,
    phoenix_client_id: phoenix.credentials.clientId,
    phoenix_client_secret: phoenix.credentials.clientSecret,
    max_batch_size: '2',
    webhook_url: hook,
  };
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([printReport()]), 'report.jsonl');
  const answer = await fetch(`${url}/api/v1/upload`, { method: 'POST', headers: key, body: form });
  const body = await answer.text();
  assert.equal(answer.status, 202, body);
  return (JSON.parse(body) as { job_id: string }).job_id;
}

async function get(url: string, key: Key, id: string): Promise<ReportImportDetails> {
  return (await (await fetch(`${url}/api/v1/jobs/${id}`, { headers: key })).json()) as ReportImportDetails;
}

/** Adds what comes, from where it stopped, until the service closes the stream. */
async function follow(url: string, key: Key, id: string, heard: ImportMessage[], signal: AbortSignal): Promise<void> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws/${id}?from_sequence=${heard.length + 1}`, { headers: key });
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as ImportMessage;
    if (message.sequence !== undefined) heard.push(message);
  });
  signal.addEventListener('abort', () => socket.close());
  socket.addEventListener('error', () => {});
  await once(socket, 'close');
}

interface Hook extends AsyncDisposable {
  readonly url: string;
  readonly received: readonly Record<string, unknown>[];
}

async function startHook(): Promise<Hook> {
  const received: Record<string, unknown>[] = [];
  const server = createServer(async (request, response) => {
    received.push(JSON.parse(await text(request)) as Record<string, unknown>);
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(50);
}
