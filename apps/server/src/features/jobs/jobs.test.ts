import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { JobDetails, JobSecret } from '@deployguard/contracts';
import { parsePublicKey, verifyProof } from '@deployguard/secrets';
import { buildToken, collect, createTemporaryDirectory, createTestRepository } from '@deployguard/testkit';
import type { TemporaryDirectory } from '@deployguard/testkit';
import { credentialsId, startJobsService } from '../../../test/start-jobs-service.ts';
import type { JobsService } from '../../../test/start-jobs-service.ts';
import { verifyAudit } from '../../platform/audit/index.ts';
import { StorageError } from '../../platform/storage/index.ts';
import { createJobDuties } from './duties.ts';
import { buildRunKeys } from './storage-keys.ts';

const limit = { timeout: 600_000 };
const token = buildToken({ prefix: ['sk_', 'live_'], length: 24, seed: 'service' });
const password = buildToken({ prefix: '', length: 24, seed: 'database' });

let service: JobsService;
let directory: TemporaryDirectory;
let holdsFetches = false;

before(async () => {
  service = await startJobsService({
    // Held, a clone neither goes on nor ends.
    intercept: ({ url = '' }) => holdsFetches && url.endsWith('/git-upload-pack'),
  });
  directory = createTemporaryDirectory();
  const { repository } = service;
  repository.commit({ files: { 'README.md': 'hello\n' }, message: 'Begin' });
  repository.commit({ files: { 'config/settings.env': `STRIPE_KEY=${token}\n` }, message: 'Configure' });
  repository.commit({ files: { 'config/database.yml': `password: "${password}"\n` }, message: 'Add the database' });
  repository.commit({ files: { 'config/settings.env': 'STRIPE_KEY=\n' }, message: 'Take it out again' });
});
after(async () => {
  await service.stop();
  directory.dispose();
});

test('the walk: scan, select, clean, download, push; what was pushed has the new history and nothing of the secrets', limit, async () => {
  const worker = await service.startWorker();
  const target = service.createTarget('walked');

  const created = await service.call('POST', '/api/v2/jobs', {
    source_platform: 'bitbucket',
    source_url: service.repositoryUrl,
    source_credentials_id: credentialsId,
  });
  const id = String(created.json['id']);
  const scanned = await service.waitFor(id, 'awaiting_selection', 'failed');
  const report = await service.call('GET', `/api/v2/jobs/${id}/report?format=sarif`);
  const early = await service.call('GET', `/api/v2/jobs/${id}/download`);
  const selected = await service.call('POST', `/api/v2/jobs/${id}/secrets/select`, { secret_ids: idsOf(scanned.secrets) });
  const cleaning = await service.call('POST', `/api/v2/jobs/${id}/clean`);
  await service.waitFor(id, 'cleaned', 'failed', 'awaiting_selection');
  const zip = await download(`/api/v2/jobs/${id}/download`, 'cleaned.zip');
  const bundle = await download(`/api/v2/jobs/${id}/download?format=bundle`, 'cleaned.bundle');
  const proof = await service.call('GET', `/api/v2/jobs/${id}/proof`);
  const proofKey = await service.call('GET', '/api/v2/proof-key');
  const pushing = await service.call('POST', `/api/v2/jobs/${id}/push`, {
    target_platform: 'github',
    target_url: target.url,
    target_credentials_id: credentialsId,
  });
  const pushed = await service.waitFor(id, 'completed', 'cleaned', 'failed');
  // What is not needed any more goes in a task of its own.
  while (pushed.job.status === 'completed' && (await listStored(id)).some((kind) => kind !== 'proofs')) await delay(20);
  await worker.stop();

  assert.deepEqual([created.status, created.json], [202, { id, status: 'pending', progress_percent: 0 }]);
  assert.equal(scanned.job.status, 'awaiting_selection', JSON.stringify(scanned.job.last_error));
  assert.deepEqual(scanned.secrets.map(({ file_path: path }) => path).sort(), ['config/database.yml', 'config/settings.env']);
  const stripe = scanned.secrets.find(({ file_path: path }) => path === 'config/settings.env')!;
  assert.equal(stripe.secret_value_preview, `${token.slice(0, 3)}...${token.slice(-3)}`);
  assert.deepEqual([stripe.secret_type, stripe.rule_id], ['api_key', 'stripe-secret-key']);
  assert.ok(report.status === 200 && report.text.includes('config/settings.env') && !report.text.includes(token));
  assert.deepEqual([early.status, selected.status, selected.json['selected'], cleaning.status], [409, 200, 2, 202]);
  execFileSync('python3', ['-m', 'zipfile', '-e', zip, directory.path]);
  execFileSync('git', ['clone', '--quiet', '--mirror', bundle, join(directory.path, 'from-bundle.git')]);
  for (const path of [join(directory.path, 'repository'), join(directory.path, 'from-bundle.git'), target.path]) {
    assert.equal(git(path, 'fsck', '--strict', '--no-progress', '--full'), '');
    assert.equal(git(path, 'log', '--format=%s', 'main').trim().split('\n').length, 4);
    assertNoSecretIn(git(path, 'log', '--all', '-p', '--format=%B'));
  }
  assert.equal(verifyProof(proof.json, [parsePublicKey(String(proofKey.json['public_key']))]).verdict, 'proven');
  assert.deepEqual(
    (proof.json['signatures'] as { keyid: string }[]).map(({ keyid }) => keyid),
    [proofKey.json['fingerprint']],
  );
  assert.deepEqual([pushing.status, pushing.json['status']], [202, 'pushing']);
  assert.equal(pushed.job.status, 'completed', JSON.stringify(pushed.job.last_error));

  assert.deepEqual(await listStored(id), ['proofs']);
  assert.equal((await service.call('GET', `/api/v2/jobs/${id}/download`)).status, 409);
});

test('C: planted secrets and credentials stand in no row, event, log line or stored file', limit, async () => {
  const everything = `${await service.dumpDatabase()}\n${service.app.log.join('\n')}`;

  assertNoSecretIn(everything);
  assert.ok(!everything.includes(service.password));
  assert.ok(everything.includes('config/settings.env') && everything.includes('push_finished'));
  for await (const { key } of service.platform.storage.list('')) {
    const { body } = await service.platform.storage.get(key);
    assertNoSecretIn(Buffer.concat(await collect(body)).toString('latin1'));
  }
});

test('every step is audited, in a chain that holds', limit, async () => {
  const { json } = await service.call('GET', '/api/v2/audit?order=oldest');

  const entries = json['items'] as { action: string; user_id: string; ip: string | null; request_id: string | null }[];
  assert.deepEqual(
    entries.map(({ action }) => action),
    [
      'job_created',
      'scan_started',
      'scan_finished',
      'secrets_selected',
      'clean_requested',
      'clean_started',
      'clean_finished',
      'cleaned_downloaded',
      'cleaned_downloaded',
      'push_requested',
      'push_started',
      'push_finished',
      'job_files_deleted',
    ],
  );
  assert.deepEqual(
    entries.filter(({ user_id: user, ip, request_id: request }) => user !== 'alice' || ip !== '127.0.0.1' || request === null),
    [],
  );
  // What was done for a request stands beside it.
  const requests = entries.map(({ request_id: request }) => request);
  const stepsOf = (asked: string): string[] =>
    entries
      .filter(({ request_id: request }) => request === requests[entries.findIndex(({ action }) => action === asked)])
      .map(({ action }) => action);
  assert.deepEqual(stepsOf('job_created'), ['job_created', 'scan_started', 'scan_finished']);
  assert.deepEqual(stepsOf('clean_requested'), ['clean_requested', 'clean_started', 'clean_finished']);
  assert.deepEqual(stepsOf('push_requested'), ['push_requested', 'push_started', 'push_finished', 'job_files_deleted']);
  assert.equal((await verifyAudit(service.app.database, await tenantOf('alice'))).fault, undefined);
});

test('an uploaded bundle is scanned like a repository with an address', limit, async () => {
  const worker = await service.startWorker();
  const file = join(directory.path, 'upload.bundle');
  await service.repository.git(['bundle', 'create', '--quiet', file, '--all']);

  const refused = await service.call('POST', '/api/v2/sources', Buffer.from('no bundle at all'));
  const source = await service.call('POST', '/api/v2/sources', readFileSync(file));
  const id = await service.createJob({ source_id: source.json['id'] });
  const { job } = await service.waitFor(id, 'awaiting_selection', 'failed');
  await worker.stop();

  assert.deepEqual([refused.status, source.status], [422, 201]);
  assert.deepEqual([job.status, job.total_secrets_found, job.source_url], ['awaiting_selection', 2, null]);
});

test('an upload goes with the last job that used it, pushed or deleted', limit, async () => {
  const worker = await service.startWorker();
  const file = join(directory.path, 'shared.bundle');
  await service.repository.git(['bundle', 'create', '--quiet', file, '--all']);
  const source = await service.call('POST', '/api/v2/sources', readFileSync(file));
  const key = `sources/${String(source.json['id'])}.bundle`;
  const target = service.createTarget('from-upload');

  const [pushed, other] = [
    await service.createJob({ source_id: source.json['id'] }),
    await service.createJob({ source_id: source.json['id'] }),
  ];
  const { secrets } = await service.waitFor(pushed, 'awaiting_selection', 'failed');
  await service.waitFor(other, 'awaiting_selection', 'failed');
  await service.call('POST', `/api/v2/jobs/${pushed}/secrets/select`, { secret_ids: idsOf(secrets) });
  await service.call('POST', `/api/v2/jobs/${pushed}/clean`);
  await service.waitFor(pushed, 'cleaned', 'failed');
  await service.call('POST', `/api/v2/jobs/${pushed}/push`, {
    target_platform: 'generic',
    target_url: target.url,
    target_credentials_id: credentialsId,
  });
  const { job } = await service.waitFor(pushed, 'completed', 'cleaned');
  const isKept = await service.platform.storage.has(key);
  await service.call('DELETE', `/api/v2/jobs/${other}`);
  while (await service.platform.storage.has(key)) await delay(20);
  const late = await service.call('POST', '/api/v2/jobs', { source_platform: 'generic', source_id: source.json['id'] });
  await worker.stop();

  assert.deepEqual([job.status, isKept, late.status], ['completed', true, 422]);
  const { json } = await service.call('GET', `/api/v2/audit?job_id=${other}`);
  assert.ok((json['items'] as { action: string }[]).some(({ action }) => action === 'source_deleted'));
});

test('a job that is deleted while it clones really stops, and leaves nothing behind', limit, async () => {
  holdsFetches = true;
  const worker = await service.startWorker();
  const id = await service.createJob();
  await service.waitFor(id, 'scanning');
  while (!service.git.requests.some(({ url }) => url.endsWith('/git-upload-pack'))) await delay(20);

  const deleted = await service.call('DELETE', `/api/v2/jobs/${id}`);
  while (worker.runningCount() > 0) await delay(20);
  holdsFetches = false;
  const again = await service.call('DELETE', `/api/v2/jobs/${id}`);
  const events = await service.call('GET', `/api/v2/jobs/${id}`);
  while ((await listStored(id)).length > 0) await delay(20);
  await worker.stop();

  assert.deepEqual([deleted.status, deleted.json['status'], again.status], [202, 'cancelled', 202]);
  assert.equal((events.json as unknown as JobDetails).job.status, 'cancelled');
  assert.deepEqual(await listStored(id), []);
});

test('a storage that is away for more attempts than a task may fail, only holds the job up', limit, async () => {
  const file = join(directory.path, 'held-up.bundle');
  await service.repository.git(['bundle', 'create', '--quiet', file, '--all']);
  const source = await service.call('POST', '/api/v2/sources', readFileSync(file));
  const { storage } = service.platform;
  const refused = { times: 0 };
  const away: typeof storage = {
    ...storage,
    get: async () => {
      refused.times++;
      throw new StorageError('STORAGE_DOWN', 'The server of stored files does not answer.');
    },
  };
  Object.assign(service.platform, { storage: away });
  const worker = await service.startWorker();

  const id = await service.createJob({ source_id: source.json['id'] });
  while (refused.times < 5) await delay(20);
  Object.assign(service.platform, { storage });

  const { job } = await service.waitFor(id, 'awaiting_selection', 'failed');
  await worker.stop();
  assert.deepEqual([job.status, job.last_error], ['awaiting_selection', null]);
});

test('a push whose worker dies before it could say so is made again, and pushes nothing twice', limit, async () => {
  const target = service.createTarget('killed');
  let deaths = 0;
  const worker = await service.startWorker((definition) => ({
    ...definition,
    handle: (input, context) =>
      definition.handle(input, {
        ...context,
        async finish(work) {
          if (definition.kind === 'job.push' && deaths++ === 0) throw new Error('killed');
          await context.finish(work);
        },
      }),
  }));
  const id = await service.createJob();
  const { secrets } = await service.waitFor(id, 'awaiting_selection', 'failed');
  await service.call('POST', `/api/v2/jobs/${id}/secrets/select`, { secret_ids: idsOf(secrets) });
  await service.call('POST', `/api/v2/jobs/${id}/clean`);
  await service.waitFor(id, 'cleaned', 'failed');

  await service.call('POST', `/api/v2/jobs/${id}/push`, {
    target_platform: 'generic',
    target_url: target.url,
    target_credentials_id: credentialsId,
  });
  const { job } = await service.waitFor(id, 'completed', 'cleaned');
  await worker.stop();

  const pushes = service.git.requests.filter(({ method, url }) => method === 'POST' && url === '/killed.git/git-receive-pack');
  assert.deepEqual([job.status, deaths, pushes.length], ['completed', 2, 1]);
});

test('a repository that is not there fails the job, with a reason; a target that refuses returns it to where it was', limit, async () => {
  const worker = await service.startWorker();
  const missing = await service.createJob({ source_url: `${service.git.url}/nothing.git` });
  const { job: failed } = await service.waitFor(missing, 'failed', 'awaiting_selection');
  const id = await service.createJob();
  const { secrets } = await service.waitFor(id, 'awaiting_selection', 'failed');
  await service.call('POST', `/api/v2/jobs/${id}/secrets/select`, { secret_ids: idsOf(secrets).slice(0, 1) });
  await service.call('POST', `/api/v2/jobs/${id}/clean`);
  await service.waitFor(id, 'cleaned', 'failed');

  // The source itself, without force: its history is another one.
  const body = { target_platform: 'generic', target_url: service.repositoryUrl, target_credentials_id: credentialsId };
  await service.call('POST', `/api/v2/jobs/${id}/push`, body);
  await service.waitFor(id, 'pushing');
  const { job: returned } = await service.waitFor(id, 'completed', 'cleaned');
  const before = service.repository.resolveRef('refs/heads/main');
  await service.call('POST', `/api/v2/jobs/${id}/push`, { ...body, force_push: true });
  const { job: forced } = await service.waitFor(id, 'completed', 'cleaned');

  // What was missing is there now, and somebody has the task tried again.
  const { gitDir } = service.repository;
  cpSync(gitDir, join(dirname(gitDir), 'nothing.git'), { recursive: true });
  const tasks = (await service.call('GET', '/api/v2/tasks?state=failed')).json['items'] as { id: string; kind: string }[];
  const redrive = await service.call('POST', `/api/v2/tasks/${tasks.find(({ kind }) => kind === 'job.scan')!.id}/redrive`);
  const { job: redriven } = await service.waitFor(missing, 'awaiting_selection', 'completed');
  await worker.stop();

  assert.deepEqual([failed.status, failed.last_error?.code], ['failed', 'REMOTE_NOT_FOUND']);
  assert.deepEqual([returned.status, returned.last_error?.code], ['cleaned', 'PUSH_INCOMPLETE']);
  assert.equal(forced.status, 'completed', JSON.stringify(forced.last_error));
  assert.deepEqual([redrive.status, redriven.status, redriven.last_error], [202, 'awaiting_selection', null]);
  assert.notEqual(service.repository.resolveRef('refs/heads/main'), before);
});

test('events are followed live and again from any sequence on; progress and states are among them', limit, async () => {
  const id = await service.createJob();
  const follow = fetch(`${service.app.url}/api/v2/jobs/${id}/events`, { headers: await service.app.asUser('alice') });
  const worker = await service.startWorker();
  const live = await readEvents(await follow, ({ kind, data }) => kind === 'state' && data.status === 'awaiting_selection');
  const headers = { ...(await service.app.asUser('alice')), 'last-event-id': '2' };
  const later = await fetch(`${service.app.url}/api/v2/jobs/${id}/events`, { headers });
  const replayed = await readEvents(later, ({ sequence }) => sequence === live.length);
  await worker.stop();

  assert.deepEqual(
    live.map(({ sequence }) => sequence),
    live.map((_, index) => index + 1),
  );
  assert.deepEqual(
    live.filter(({ kind }) => kind === 'state').map(({ data }) => data.status),
    ['pending', 'scanning', 'awaiting_selection'],
  );
  assert.ok(live.some(({ kind }) => kind === 'progress') && live.some(({ kind }) => kind === 'log'));
  assert.deepEqual(replayed, live.slice(2));
});

test('jobs expire: what they found and stored goes; who has events posted hears of it', limit, async () => {
  const worker = await service.startWorker();
  const webhook = await service.call('POST', '/api/v2/webhooks', {
    url: 'https://192.0.2.1/hook',
    events: ['job.awaiting_selection', 'job.expired'],
  });
  const id = await service.createJob();
  await service.waitFor(id, 'awaiting_selection', 'failed');
  const tenantId = await tenantOf('alice');
  await service.app.database.asTenant(tenantId, (tx) =>
    tx
      .updateTable('jobs')
      .set({ expires_at: new Date(Date.now() - 1000) })
      .where('id', '=', id)
      .execute(),
  );

  for (const { run } of createJobDuties(service.platform)) await run(AbortSignal.timeout(10_000));
  const { job, secrets } = await service.waitFor(id, 'expired');
  while ((await listStored(id)).length > 0) await delay(20);
  const report = await service.call('GET', `/api/v2/jobs/${id}/report`);
  const { id: webhookId } = webhook.json['webhook'] as { id: string };
  const deliveries = await service.call('GET', `/api/v2/webhooks/${webhookId}/deliveries`);
  await worker.stop();

  const remaining = await service.call('GET', `/api/v2/jobs/${id}`);
  await service.app.database.asTenant(tenantId, (tx) =>
    tx
      .updateTable('jobs')
      .set({ expires_at: new Date(Date.now() - 31 * 86_400_000) })
      .where('id', '=', id)
      .execute(),
  );
  for (const { run } of createJobDuties(service.platform)) await run(AbortSignal.timeout(10_000));
  const forgotten = await service.call('GET', `/api/v2/jobs/${id}`);

  assert.deepEqual([remaining.status, forgotten.status], [200, 404]);
  const acts = await listOwnActs(id);
  // Files go by the task for them, or by the cleaning if it comes first.
  assert.deepEqual(
    acts.filter((action) => action !== 'stray_file_deleted'),
    ['job_expired', 'job_files_deleted', 'job_forgotten'],
  );
  assert.deepEqual(
    (deliveries.json['items'] as { event_type: string }[]).map(({ event_type: type }) => type),
    ['job.expired', 'job.awaiting_selection'],
  );
  assert.deepEqual([job.status, secrets.length, report.status], ['expired', 0, 409]);
});

test('files of attempts that were killed are cleaned away, those of a job and of an attempt that runs are not', limit, async () => {
  const worker = await service.startWorker();
  const id = await service.createJob();
  await service.waitFor(id, 'awaiting_selection', 'failed');
  await worker.stop();
  const before = await listKeys(id);
  const tenantId = await tenantOf('alice');
  const [ended, running] = await Promise.all(
    (['failed', 'running'] as const).map((state) =>
      service.app.database.asTenant(tenantId, async (tx) => {
        const lease = state === 'running' ? { lease_until: new Date(Date.now() + 60_000) } : {};
        const task = { id: randomUUIDv7(), kind: 'test', queue: 'scan' as const, subject: id, input: '{}', attempt: 2, state, ...lease };
        await tx.insertInto('tasks').values(task).execute();
        return buildRunKeys(id, { taskId: task.id, attempt: 2 });
      }),
    ),
  );
  const lost = [ended!.source, ended!.values, ended!.zip, ended!.proof];
  for (const key of [...lost, running!.source, running!.bundle]) await service.platform.storage.put(key, Buffer.from('left'));

  await createJobDuties(service.platform)
    .find(({ name }) => name === 'clean-storage')!
    .run(AbortSignal.timeout(10_000));

  assert.equal(before.length, 2);
  assert.deepEqual(await listKeys(id), [...before, running!.source, running!.bundle].toSorted());
  assert.deepEqual(
    await listOwnActs(id),
    lost.map(() => 'stray_file_deleted'),
  );
});

test('a repository that is larger than allowed fails the job, says so, and leaves nothing', limit, async () => {
  const { jobs } = service.platform.config;
  const large = createTestRepository({ bare: true });
  large.commit({ files: { 'film.bin': randomBytes(300_000) }, message: 'Add a film' });
  cpSync(large.gitDir, join(dirname(service.repository.gitDir), 'large.git'), { recursive: true });
  await large.dispose();
  Object.assign(service.platform.config, { jobs: { ...jobs, maxRepositoryBytes: 100_000 } });
  const worker = await service.startWorker();

  const id = await service.createJob({ source_url: `${service.git.url}/large.git` });
  const { job } = await service.waitFor(id, 'failed', 'awaiting_selection', 'completed');
  await worker.stop();
  Object.assign(service.platform.config, { jobs });

  assert.deepEqual([job.status, job.last_error?.code], ['failed', 'LIMIT_EXCEEDED']);
  assert.deepEqual(await listStored(id), []);
});

test('what is not possible now is refused: no state for it, no such secret, an address with credentials', limit, async () => {
  const id = await service.createJob();

  const clean = await service.call('POST', `/api/v2/jobs/${id}/clean`);
  const push = await service.call('POST', `/api/v2/jobs/${id}/push`, {
    target_platform: 'generic',
    target_url: 'https://git.example.com/a.git',
  });
  const withPassword = await service.call('POST', '/api/v2/jobs', {
    source_platform: 'generic',
    source_url: 'https://user:pass@git.example.com/a.git',
  });
  const both = await service.call('POST', '/api/v2/jobs', { source_platform: 'generic' });
  const proof = await service.call('GET', `/api/v2/jobs/${id}/proof`);
  const keyed = await Promise.all(
    [1, 2].map(async () =>
      service.call(
        'POST',
        '/api/v2/jobs',
        { source_platform: 'generic', source_url: 'https://git.example.com/a.git' },
        { 'idempotency-key': 'once' },
      ),
    ),
  );

  assert.deepEqual([clean.status, push.status, withPassword.status, both.status, proof.status], [409, 409, 422, 422, 409]);
  assert.ok(!withPassword.text.includes('pass@'));
  assert.deepEqual(
    keyed.map(({ status }) => status).filter((status) => status !== 202 && status !== 409),
    [],
  );
  assert.equal(new Set(keyed.filter(({ status }) => status === 202).map(({ json }) => json['id'])).size, 1);
});

interface JobEvent {
  readonly sequence: number;
  readonly kind: string;
  readonly data: { readonly status?: string };
}

/** Reads server-sent events until one that ends it, and hangs up. */
async function readEvents(answer: Response, isLast: (event: JobEvent) => boolean): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  let rest = '';
  for await (const text of answer.body!.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop()!;
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (data !== undefined) events.push(JSON.parse(data) as JobEvent);
    }
    if (events.some(isLast)) break;
  }
  return events;
}

function idsOf(secrets: readonly JobSecret[]): string[] {
  return secrets.map(({ id }) => id);
}

function git(path: string, ...args: string[]): string {
  return execFileSync('git', [`--git-dir=${path}`, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function assertNoSecretIn(text: string): void {
  for (const value of [token, password]) assert.ok(!text.includes(value));
}

/** Follows the link as a browser would. */
async function download(path: string, name: string): Promise<string> {
  const { status, headers } = await service.call('GET', path);
  assert.equal(status, 302);
  const answer = await fetch(new URL(headers.get('location')!, service.app.url));
  assert.equal(answer.status, 200);
  writeFileSync(join(directory.path, name), Buffer.from(await answer.arrayBuffer()));
  return join(directory.path, name);
}

/** What sort of files the job has. */
/** What the service itself did with a job, as the audit log has it. */
async function listOwnActs(jobId: string): Promise<string[]> {
  const { json } = await service.call('GET', `/api/v2/audit?order=oldest&job_id=${jobId}`);
  const entries = json['items'] as { action: string; user_id: string; ip: string | null }[];
  return entries.filter(({ user_id: user, ip }) => user === 'system' && ip === null).map(({ action }) => action);
}

async function listStored(jobId: string): Promise<string[]> {
  return (await listKeys(jobId)).map((key) => key.split('/')[0]!);
}

async function listKeys(jobId: string): Promise<string[]> {
  const stored = await collect(service.platform.storage.list(''));
  return stored
    .map(({ key }) => key)
    .filter((key) => key.split('/')[1] === jobId)
    .toSorted();
}

async function tenantOf(userId: string): Promise<string> {
  const { tenant_id: id } = await service.app.database.asSystem((tx) =>
    tx.selectFrom('tenants').select('tenant_id').where('user_id', '=', userId).executeTakeFirstOrThrow(),
  );
  return id;
}
