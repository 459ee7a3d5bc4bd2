import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { encodeName } from '@deployguard/git';
import { buildToken, createTemporaryDirectory } from '@deployguard/testkit';
import { credentialsId, startJobsService } from '../../../test/start-jobs-service.ts';
import type { JobsService } from '../../../test/start-jobs-service.ts';

const limit = { timeout: 300_000 };
const aToken = (seed: string): string => buildToken({ prefix: ['sk_', 'live_'], length: 24, seed });

let service: JobsService;

before(async () => {
  service = await startJobsService();
  const { repository } = service;
  const base = repository.commit({ files: { 'base.env': `STRIPE_KEY=${aToken('base')}\n` } });
  repository.commit({ files: { 'main.env': `STRIPE_KEY=${aToken('main')}\n` } });
  repository.commit({ files: { 'cards.env': `STRIPE_KEY=${aToken('cards')}\n` }, parents: [base], branch: 'feature/cards' });
  repository.tag('v1', { target: base, message: `Deployed with ${aToken('tag')}\n` });
  await service.startWorker();
});
after(() => service.stop());

test('a job of a branch scans, cleans and pushes the history of that branch, and nothing else of the repository', limit, async () => {
  const target = service.createTarget('one-branch');

  const id = await service.createJob({ source_branch: 'feature/cards' });
  const scanned = await service.waitFor(id, 'awaiting_selection', 'failed');
  await service.call('POST', `/api/v2/jobs/${id}/secrets/select`, { filter: {} });
  await service.call('POST', `/api/v2/jobs/${id}/clean`);
  await service.waitFor(id, 'cleaned', 'failed', 'awaiting_selection');
  await service.call('POST', `/api/v2/jobs/${id}/push`, {
    target_platform: 'generic',
    target_url: target.url,
    target_credentials_id: credentialsId,
  });
  const pushed = await service.waitFor(id, 'completed', 'cleaned', 'failed');

  assert.equal(scanned.job.source_branch, 'feature/cards');
  assert.deepEqual(scanned.secrets.map(({ file_path: path }) => path).sort(), ['base.env', 'cards.env'], JSON.stringify(scanned.job));
  assert.equal(pushed.job.status, 'completed', JSON.stringify(pushed.job.last_error));
  const git = (...args: string[]): string => execFileSync('git', ['--git-dir', target.path, ...args], { encoding: 'utf8' });
  assert.equal(git('for-each-ref', '--format=%(refname)'), 'refs/heads/feature/cards\n');
  assert.equal(git('rev-list', '--count', '--all'), '2\n');
  const objects = git('cat-file', '--batch', '--batch-all-objects');
  for (const seed of ['base', 'main', 'cards', 'tag']) assert.ok(!objects.includes(aToken(seed)), seed);
});

test('without a branch everything is scanned', limit, async () => {
  const id = await service.createJob();
  const { secrets } = await service.waitFor(id, 'awaiting_selection', 'failed');

  assert.equal(secrets.length, 4);
});

test('a branch that the repository has not fails the job, and the job says so', limit, async () => {
  const id = await service.createJob({ source_branch: 'not/there' });
  const { job, secrets } = await service.waitFor(id, 'failed', 'awaiting_selection', 'completed');

  assert.deepEqual([job.status, job.last_error], ['failed', { code: 'REMOTE_NOT_FOUND', message: 'The repository has no such branch.' }]);
  assert.deepEqual(secrets, []);
});

test('G1 G5 a branch with a name that git does not allow is refused at once, with a reason', limit, async () => {
  using directory = createTemporaryDirectory();
  const canary = join(directory.path, 'canary');
  const names = [
    `--upload-pack=touch\${IFS}${canary}`,
    '-',
    'a..b',
    '../../etc/passwd',
    'main.lock',
    'a/.b',
    'a//b',
    '/a',
    'a/',
    'a.',
    'HEAD',
    'main@{1}',
    'main~1',
    'main^',
    'a:b',
    'refs/heads/*',
    'a?',
    '[a]',
    'a\\b',
    'a b',
    'a\tb',
    'a\nb',
    'a\u0000b',
    'a\u0001b',
    'a\u001b[31mb',
    'a\u007fb',
    '',
    'a'.repeat(300),
  ];

  for (const name of names) {
    const { status, json, text } = await createWith({ source_branch: name });

    assert.equal(status, 422, `${JSON.stringify(name)}: ${text}`);
    assert.deepEqual((json['errors'] as { path: string }[])[0]!.path, '/source_branch', text);
  }
  assert.equal(existsSync(canary), false);
});

test('G6 a branch whose name is a command in a shell is a name, and nothing is run', limit, async () => {
  using directory = createTemporaryDirectory();
  const canary = join(directory.path, 'canary');
  const main = service.repository.resolveRef('refs/heads/main');
  const names = [`$(touch\${IFS}${canary})`, `main;touch\${IFS}${canary}`, 'ünï/çødé', 'a'.repeat(200), 'refs/heads/main'];
  for (const name of names) service.repository.updateRef(encodeName(`refs/heads/${name}`), main);

  const ended = await Promise.all(
    names.map(async (name) => service.waitFor(await service.createJob({ source_branch: name }), 'awaiting_selection', 'failed')),
  );

  assert.deepEqual(
    ended.map(({ job, secrets }) => [job.source_branch, job.status, secrets.length]),
    names.map((name) => [name, 'awaiting_selection', 2]),
    JSON.stringify(ended.map(({ job }) => job.last_error)),
  );
  assert.equal(existsSync(canary), false);
});

test('an upload is scanned as a whole: a branch of it is refused', limit, async () => {
  await service.repository.git(['bundle', 'create', '--quiet', 'all.bundle', '--all']);
  const source = await service.call('POST', '/api/v2/sources', readFileSync(`${service.repository.path}/all.bundle`));

  const { status, json } = await service.call('POST', '/api/v2/jobs', {
    source_platform: 'generic',
    source_id: source.json['id'],
    source_branch: 'main',
  });

  assert.equal(status, 422);
  assert.match(String(json['detail']), /source_branch is for source_url/);
});

function createWith(body: Readonly<Record<string, unknown>>): ReturnType<JobsService['call']> {
  return service.call('POST', '/api/v2/jobs', {
    source_platform: 'generic',
    source_url: service.repositoryUrl,
    source_credentials_id: credentialsId,
    ...body,
  });
}
