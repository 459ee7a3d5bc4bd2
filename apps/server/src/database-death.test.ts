import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createTemporaryDirectory, type TemporaryDirectory } from '@deployguard/testkit';
import { startPart, type StartedPart } from '../test/start-part.ts';
import { query } from '../test/start-test-cluster.ts';

// The whole service in one process, whose private PostgreSQL is killed.

const limit = { timeout: 300_000 };
let directory: TemporaryDirectory;
let dataDirectory: string;
let service: StartedPart;
beforeEach(async () => {
  directory = createTemporaryDirectory();
  // The private PostgreSQL runs as another user when the tests run as root.
  chmodSync(directory.path, 0o755);
  dataDirectory = join(directory.path, 'postgres', 'data');
  service = await startPart('serve', { DEPLOYGUARD_DATA_DIRECTORY: directory.path, PORT: '0' });
});
afterEach(async () => {
  await service.kill();
  directory.dispose();
});

test('it is started again, even while its longest statement goes on, and what is asked for then is done', limit, async () => {
  const url = `postgresql://postgres@localhost/postgres?host=${encodeURIComponent(join(directory.path, 'postgres', 'run'))}`;
  // Would go on for minutes, and does not look whether its server is there.
  const endless = query(url, 'select count(*) from generate_series(1, 60000) a, generate_series(1, 60000) b').catch(() => {});
  while ((await query(url, `select from pg_stat_activity where state = 'active' and query like 'select count%'`)).length === 0);
  const first = readPid();

  process.kill(first, 'SIGKILL');
  const away = await waitForReadiness(503);
  await waitForReadiness(200);
  const id = await startWork({ text: 'after' });
  await waitForWork(id, 'succeeded');
  const second = readPid();
  const { exitCode } = await service.stop();

  assert.equal(away['message'], 'Not available: database.');
  assert.notEqual(second, first);
  assert.ok(countLines('PostgreSQL is started again') >= 1);
  assert.equal(exitCode, 0);
  assert.equal(existsSync(join(dataDirectory, 'postmaster.pid')), false, 'it was started again after the service had stopped it');
  await endless;
});

test('when it cannot be started five times in a row the service says so and ends with an error', limit, async () => {
  breakServer();
  process.kill(readPid(), 'SIGKILL');

  const [exitCode] = (await service.exited) as [number | null];

  assert.equal(exitCode, 1);
  // It ended, and four starts came to nothing; the fifth is the last.
  assert.equal(countLines('PostgreSQL is started again'), 5);
  const last = service.log.find((line) => line.includes('PostgreSQL could not be started again: the service ends'));
  assert.match(last!, /"level":"error".*DATABASE_START_FAILED.*postgresql\.conf/);
});

test('told to end while it is away, with a task under way, the service ends in time', limit, async () => {
  const id = await startWork({ text: 'slow', isSlow: true });
  await waitForWork(id, 'running');
  breakServer();
  process.kill(readPid(), 'SIGKILL');
  while (countLines('PostgreSQL is started again') < 2) await delay(20);

  const { exitCode, seconds } = await service.stop();

  assert.equal(exitCode, 0);
  assert.ok(seconds < 25, `it took ${seconds} s`);
  assert.equal(countLines('not everything could be closed in time'), 0);
});

function readPid(): number {
  return Number.parseInt(readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8'), 10);
}

/** PostgreSQL does not start without its settings. */
function breakServer(): void {
  renameSync(join(dataDirectory, 'postgresql.conf'), join(dataDirectory, 'postgresql.conf.away'));
}

function countLines(text: string): number {
  return service.log.filter((line) => line.includes(text)).length;
}

async function waitForReadiness(status: number): Promise<Record<string, unknown>> {
  for (;;) {
    const answer = await fetch(`${service.url}/api/v2/health/ready`);
    const body = (await answer.json()) as Record<string, unknown>;
    if (answer.status === status) return body;
    await delay(20);
  }
}

async function startWork(body: unknown): Promise<string> {
  const answer = await fetch(`${service.url}/test/work`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.equal(answer.status, 202);
  return ((await answer.json()) as { id: string }).id;
}

async function waitForWork(id: string, state: string): Promise<void> {
  while (((await (await fetch(`${service.url}/test/work/${id}`)).json()) as { state: string }).state !== state) await delay(50);
}
