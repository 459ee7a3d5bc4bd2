import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { credentialsId, startJobsService } from '../../../test/start-jobs-service.ts';
import type { JobsService } from '../../../test/start-jobs-service.ts';
import type { Tx } from '../../platform/database/index.ts';

// A task that somebody has tried again does what it was asked for, whatever the job was asked for since.

const limit = { timeout: 240_000 };
let service: JobsService;
/** Tasks of these kinds wait, once they have begun, until it is resolved. */
const held = new Map<string, Promise<void>>();

before(async () => {
  service = await startJobsService();
  await service.startWorker((definition) => ({
    ...definition,
    handle: (input, context) =>
      definition.handle(input, {
        ...context,
        async fenced(work) {
          const result = await context.fenced(work);
          await held.get(context.taskId);
          return result;
        },
      }),
  }));
});
after(() => service.stop());

test('a push goes where it was asked to go, not where a later one was to go', limit, async () => {
  const id = await makeJob('cleaned');
  const first = await push(id, 'a.example.com', false);
  const later = await push(id, 'b.example.com', true);

  await service.call('POST', `/api/v2/tasks/${first.id}/redrive`);
  const again = await waitForFailed(id, { attempt: 2 });

  // The credentials are for neither, so what was wanted is told, and nothing else happens.
  assert.match(first.last_error, /not for https:\/\/a\.example\.com/);
  assert.match(later.last_error, /not for https:\/\/b\.example\.com/);
  assert.deepEqual([again.id, again.last_error], [first.id, first.last_error]);
  const { target_url: url, force_push: isForced } = await readJob(id);
  assert.deepEqual([url, isForced], ['https://a.example.com/shop.git', false]);
});

test('a push of what was replaced by another cleaning is refused, and the job stays as it is', limit, async () => {
  const id = await makeJob('cleaned');
  const first = await push(id, 'a.example.com', false);
  await inTenant((tx) =>
    tx
      .updateTable('jobs')
      .set({ cleaned_key: `cleaned/${id}/newer` })
      .where('id', '=', id)
      .execute(),
  );

  await service.call('POST', `/api/v2/tasks/${first.id}/redrive`);
  const again = await waitForFailed(id, { attempt: 2 });

  assert.match(again.last_error, /What was to be pushed is not there any more/);
  assert.equal((await readJob(id)).status, 'cleaned');
});

test('a cleaning of secrets that are not selected any more is refused, and the job stays as it is', limit, async () => {
  const id = await makeJob('awaiting_selection');
  const [one, other] = await listSecretIds(id);
  await service.call('POST', `/api/v2/jobs/${id}/secrets/select`, { secret_ids: [one] });
  await service.call('POST', `/api/v2/jobs/${id}/clean`);
  const first = await waitForFailed(id);
  await service.call('POST', `/api/v2/jobs/${id}/secrets/select`, { secret_ids: [other] });

  await service.call('POST', `/api/v2/tasks/${first.id}/redrive`);
  const again = await waitForFailed(id, { attempt: 2 });

  assert.match(first.last_error, /no stored file/);
  assert.match(again.last_error, /Other secrets are selected by now/);
  assert.equal((await readJob(id)).status, 'awaiting_selection');
});

test('while one task of a job is at work, another that is tried again gives way, and does not end what is under way', limit, async () => {
  const id = await makeJob('cleaned');
  const first = await push(id, 'a.example.com', false);
  const later = await push(id, 'b.example.com', false);
  const release = Promise.withResolvers<void>();
  held.set(first.id, release.promise);

  await service.call('POST', `/api/v2/tasks/${first.id}/redrive`);
  await service.waitFor(id, 'pushing');
  await service.call('POST', `/api/v2/tasks/${later.id}/redrive`);
  const gaveWay = await waitForFailed(id, { attempt: 2 });
  const meanwhile = await readJob(id);
  release.resolve();
  await service.waitFor(id, 'cleaned');

  assert.deepEqual([gaveWay.id, meanwhile.status, meanwhile.task_id], [later.id, 'pushing', first.id]);
  assert.match(gaveWay.last_error, /Something else was asked of the job/);
  assert.match((await waitForFailed(id, { attempt: 2, besides: [later.id] })).last_error, /not for https:\/\/a\.example\.com/);
});

test('another selection takes away what was cleaned, and its links with it', limit, async () => {
  const id = await makeJob('cleaned');
  const { storage } = service.platform;
  await storage.put(`cleaned/${id}/gone/repository.zip`, Buffer.from('the archive'));
  const { headers } = await service.call('GET', `/api/v2/jobs/${id}/download`);
  const link = new URL(headers.get('location')!, service.app.url);
  const before = await fetch(link);
  const [one] = await listSecretIds(id);

  await service.call('POST', `/api/v2/jobs/${id}/secrets/select`, { secret_ids: [one] });
  while ((await fetch(link)).status === 200) await delay(20);
  const download = await service.call('GET', `/api/v2/jobs/${id}/download`);

  assert.deepEqual([before.status, download.status, (await fetch(link)).status], [200, 409, 404]);
});

interface FailedTask {
  readonly id: string;
  readonly attempt: number;
  readonly last_error: string;
}

async function push(jobId: string, host: string, isForced: boolean): Promise<FailedTask> {
  const before = (await listFailed(jobId)).map(({ id }) => id);
  const { status } = await service.call('POST', `/api/v2/jobs/${jobId}/push`, {
    target_platform: 'generic',
    target_url: `https://${host}/shop.git`,
    target_credentials_id: credentialsId,
    force_push: isForced,
  });
  assert.equal(status, 202);
  const failed = await waitForFailed(jobId, { besides: before });
  await service.waitFor(jobId, 'cleaned');
  return failed;
}

async function waitForFailed(jobId: string, { attempt = 1, besides = [] as readonly string[] } = {}): Promise<FailedTask> {
  for (;;) {
    const found = (await listFailed(jobId)).find((task) => task.attempt === attempt && !besides.includes(task.id));
    if (found !== undefined) return found;
    await delay(20);
  }
}

async function listFailed(jobId: string): Promise<FailedTask[]> {
  const { rows } = await inTenant((tx) =>
    sql<FailedTask>`
      select id, attempt, last_error->>'message' as last_error from tasks
      where tenant_id = current_tenant() and subject = ${jobId} and state = 'failed' and kind not like 'job.delete-%' order by id`.execute(
      tx,
    ),
  );
  return rows;
}

/** One that was scanned, and perhaps cleaned; what it stored is not there. */
async function makeJob(status: 'awaiting_selection' | 'cleaned'): Promise<string> {
  const id = randomUUIDv7();
  // Whoever asks is known from then on.
  await service.call('GET', '/api/v2/jobs');
  await inTenant(async (tx) => {
    await tx
      .insertInto('jobs')
      .values({
        id,
        user_id: 'alice',
        source_platform: 'generic',
        source_url: 'https://git.example.com/shop.git',
        status,
        total_secrets_found: 2,
        source_key: `repos/${id}/source/gone.bundle`,
        report_key: `reports/${id}/gone.values`,
        cleaned_key: status === 'cleaned' ? `cleaned/${id}/gone` : null,
        expires_at: new Date(Date.now() + 86_400_000),
      })
      .execute();
    for (const number of [1, 2]) {
      await sql`
        insert into secrets_found (id, job_id, finding_id, rule_id, secret_type, severity, secret_value_hash, secret_value_preview, file_path, location)
        values (gen_random_uuid(), ${id}, ${String(number).repeat(16)}, 'generic-password', 'password', 'high', ${String(number).repeat(64)}, 'abc...xyz',
          'a.env', '{"title":"A password"}')`.execute(tx);
    }
  });
  return id;
}

async function listSecretIds(jobId: string): Promise<string[]> {
  const { json } = await service.call('GET', `/api/v2/jobs/${jobId}/secrets`);
  return (json['items'] as { id: string }[]).map(({ id }) => id);
}

async function readJob(id: string) {
  return inTenant((tx) =>
    tx.selectFrom('jobs').select(['status', 'target_url', 'force_push', 'task_id']).where('id', '=', id).executeTakeFirstOrThrow(),
  );
}

async function inTenant<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  const { database } = service.app;
  const { tenant_id: tenantId } = await database.asSystem((tx) =>
    tx.selectFrom('tenants').select('tenant_id').where('user_id', '=', 'alice').executeTakeFirstOrThrow(),
  );
  return database.asTenant(tenantId, work);
}
