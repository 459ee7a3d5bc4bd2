import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { buildToken, createTemporaryDirectory, startTestSshd } from '@deployguard/testkit';
import type { TemporaryDirectory, TestSshd } from '@deployguard/testkit';
import { startJobsService } from '../../../test/start-jobs-service.ts';
import type { JobsService } from '../../../test/start-jobs-service.ts';

const limit = { timeout: 600_000 };
const token = buildToken({ prefix: ['sk_', 'live_'], length: 24, seed: 'ssh' });

let sshd: TestSshd;
let service: JobsService;
let temporary: TemporaryDirectory;

before(async () => {
  sshd = await startTestSshd();
  const { privateKey, knownHosts, url } = sshd;
  const another = knownHosts.replace(/AAAA.*$/, 'AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA');
  service = await startJobsService({
    credentials: {
      'ssh-key': { private_key: privateKey, known_hosts: knownHosts, origins: [url] },
      'ssh-impostor': { private_key: privateKey, known_hosts: another, origins: [url] },
      'ssh-elsewhere': { private_key: privateKey, known_hosts: knownHosts, origins: ['ssh://git.example.com'] },
    },
  });
  temporary = createTemporaryDirectory();
  // The worker makes its directories where it is told to, so that it can be seen that nothing stays there.
  Object.assign(service.platform.config, { worker: { ...service.platform.config.worker, temporaryDirectory: temporary.path } });
  service.repository.commit({ files: { 'settings.env': `STRIPE_KEY=${token}\n` }, message: 'Configure' });
});
after(async () => {
  await service.stop();
  await sshd.stop();
  temporary.dispose();
});

test('a repository is scanned, cleaned and pushed over ssh, with a key that is kept nowhere', limit, async () => {
  const worker = await service.startWorker();
  const target = service.createTarget('over-ssh');
  const id = await service.createJob({
    source_url: `${sshd.url}${service.repository.gitDir}`,
    source_credentials_id: 'ssh-key',
  });
  const { job, secrets } = await service.waitFor(id, 'awaiting_selection', 'failed');
  await service.call('POST', `/api/v2/jobs/${id}/secrets/select`, { secret_ids: secrets.map((secret) => secret.id) });
  await service.call('POST', `/api/v2/jobs/${id}/clean`);
  await service.waitFor(id, 'cleaned', 'awaiting_selection');

  await service.call('POST', `/api/v2/jobs/${id}/push`, {
    target_platform: 'generic',
    target_url: `${sshd.url}${target.path}`,
    target_credentials_id: 'ssh-key',
  });
  const pushed = await service.waitFor(id, 'completed', 'cleaned');
  await worker.stop();

  assert.deepEqual([job.status, job.total_secrets_found], ['awaiting_selection', 1], JSON.stringify(job.last_error));
  assert.equal(pushed.job.status, 'completed', JSON.stringify(pushed.job.last_error));
  const history = execFileSync('git', [`--git-dir=${target.path}`, 'log', '--all', '-p'], { encoding: 'utf8' });
  assert.ok(history.includes('settings.env') && !history.includes(token));
  const everything = `${await service.dumpDatabase()}\n${service.app.log.join('\n')}`;
  const [line] = sshd.privateKey.split('\n').slice(1);
  assert.ok(everything.includes('ssh-key') && !everything.includes(line!));
  assert.deepEqual(readdirSync(temporary.path), []);
});

test('G4 a server with another key than the known one is not talked to; a key is for its own servers; ssh needs one', limit, async () => {
  const worker = await service.startWorker();
  const source_url = `${sshd.url}${service.repository.gitDir}`;
  const impostor = await service.createJob({ source_url, source_credentials_id: 'ssh-impostor' });
  const elsewhere = await service.createJob({ source_url, source_credentials_id: 'ssh-elsewhere' });
  const token = await service.createJob({ source_url, source_credentials_id: 'cred-token' });

  const errors = [];
  for (const id of [impostor, elsewhere, token]) errors.push((await service.waitFor(id, 'failed', 'awaiting_selection')).job.last_error);
  const none = await service.call('POST', '/api/v2/jobs', { source_platform: 'generic', source_url });
  await worker.stop();

  assert.deepEqual(
    errors.map((error) => error?.code),
    ['URL_REFUSED', 'CREDENTIALS_NOT_FOR_ORIGIN', 'CREDENTIALS_NOT_FOR_ORIGIN'],
  );
  assert.match(errors[0]!.message, /key is not the known one/);
  assert.equal(none.status, 422);
  assert.match(none.text, /needs credentials: a private key and known hosts/);
});
