import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiKey, Job, JobSecret, Task, Webhook, WebhookDelivery } from '@deployguard/contracts';
import { createTemporaryDirectory, getTestCertificate, startTestGitServer } from '@deployguard/testkit';
import { aToken } from '../../../test/a-token.ts';
import { aWorkTree } from '../../../test/a-work-tree.ts';
import { type CliRun, launcher, runCli } from '../../../test/run-cli.ts';
import { type StartedService, startService } from '../../../test/start-service.ts';

const limit = { timeout: 300_000 };
const token = aToken('the history');
const password = randomBytes(20).toString('hex');
const directory = createTemporaryDirectory();
const home = join(directory.path, 'home');
const repository = aWorkTree();
const cleanup = new AsyncDisposableStack();
let service: StartedService;
let gitUrl: string;
let firstKey: string;

before(async () => {
  const { key, certificate, authority } = await getTestCertificate();
  const file = (name: string): string => join(directory.path, name);
  writeFileSync(file('ca.pem'), authority);
  writeFileSync(file('server.pem'), certificate);
  writeFileSync(file('server.key'), key);
  execFileSync('git', ['init', '--bare', '--quiet', '--initial-branch=main', file('target.git')]);
  const git = cleanup.use(await startTestGitServer({ root: directory.path, credentials: `deploy:${password}` }));
  gitUrl = git.url;
  const credentials = createServer((_, response) =>
    response.end(JSON.stringify({ username: 'deploy', token: password, origins: [git.url] })),
  ).listen(0, '127.0.0.1');
  await once(credentials, 'listening');
  cleanup.defer(() => void credentials.close());
  service = cleanup.use(
    await startService({
      DEPLOYGUARD_AUTH_API_KEYS: 'true',
      DEPLOYGUARD_HTTP_TLS_CERTIFICATE_FILE: file('server.pem'),
      DEPLOYGUARD_HTTP_TLS_KEY_FILE: file('server.key'),
      DEPLOYGUARD_EGRESS_ALLOW: 'localhost',
      DEPLOYGUARD_EGRESS_CA_FILE: git.caFile,
      AUTH_SERVICE_URL: `http://127.0.0.1:${(credentials.address() as AddressInfo).port}`,
    }),
  );
  repository.commit({ 'settings.ini': `token = ${token}\n` }, 'first');
  repository.commit({ 'settings.ini': 'token = from the environment\n' }, 'second');
  const issued = await run(['api-keys', 'issue', '--user', 'alice'], { environment: service.environment });
  assert.equal(issued.exitCode, 0, issued.output);
  firstKey = issued.stdout.trim();
});
after(async () => {
  await cleanup.disposeAsync();
  repository[Symbol.dispose]();
  directory.dispose();
});

/** A person's own directory, in which they are signed in after the first test. */
function run(args: readonly string[], options: Parameters<typeof runCli>[1] = {}): Promise<CliRun> {
  return runCli(args, { cwd: repository.path, ...options, environment: { HOME: home, ...options.environment } });
}

async function runJson<T>(args: readonly string[], exitCode = 0): Promise<T> {
  const done = await run([...args, '--json']);
  assert.equal(done.exitCode, exitCode, done.output);
  return JSON.parse(done.stdout) as T;
}

const signInHere = (): string[] => ['login', '--server', service.url, '--ca-file', join(directory.path, 'ca.pem')];

test('a login is checked before it is kept, and kept where only its owner reads it', limit, async () => {
  const saved = join(home, '.config/deployguard/servers.json');

  const untrusted = await run(['login', '--server', service.url], { stdin: firstKey });
  const wrong = await run(signInHere(), { stdin: `dgk_${'0'.repeat(46)}\n` });
  const empty = await run(signInHere(), { stdin: '' });
  const isKeptTooEarly = existsSync(saved);
  const right = await run(signInHere(), { stdin: `${firstKey}\n` });

  assert.deepEqual([untrusted.exitCode, wrong.exitCode, empty.exitCode, right.exitCode, isKeptTooEarly], [4, 3, 2, 0, false], right.output);
  assert.match(untrusted.stderr, /not from an authority that is known here.*--ca-file/);
  assert.match(wrong.stderr, /\(request [\w-]+\)/);
  assert.equal(statSync(saved).mode & 0o777, 0o600);
  assert.equal(
    [untrusted, wrong, empty, right].some(({ output }) => output.includes(firstKey)),
    false,
  );
});

test('a person types the key unseen, and may leave', limit, async () => {
  const typed = await typeAt('API key for', `${firstKey.slice(0, 20)}x\u007f${firstKey.slice(20)}\r`);
  const left = await typeAt('API key for', '\u0003');

  assert.equal(typed.exitCode, 0, typed.screen);
  assert.match(typed.screen, /Signed in at/);
  assert.equal(typed.screen.includes(firstKey.slice(0, 20)), false);
  assert.equal(left.exitCode, 130, left.screen);
});

test('a repository of this machine goes all the way: uploaded, scanned, selected, cleaned, downloaded', limit, async () => {
  const before = repository.git('rev-parse', 'HEAD');

  const created = await run(['jobs', 'create', '--wait']);
  const [job] = await runJson<Job[]>(['jobs', 'list', '--status', 'awaiting_selection', '--limit', '1']);
  const shown = await run(['jobs', 'show', job!.id]);
  const secrets = await runJson<JobSecret[]>(['jobs', 'secrets', job!.id]);
  const nothing = await run(['jobs', 'select', job!.id]);
  const selected = await run(['jobs', 'select', job!.id, '--all', '--min-severity', 'low']);
  const cleaned = await run(['jobs', 'clean', job!.id, '--wait']);
  const downloaded = await run(['jobs', 'download', job!.id, '--format', 'bundle', '--output', 'app.bundle'], { cwd: directory.path });
  const again = await run(['jobs', 'download', job!.id, '--format', 'bundle', '--output', 'app.bundle'], { cwd: directory.path });
  const proof = await run(['jobs', 'proof', job!.id]);

  assert.equal(created.exitCode, 1, created.output);
  assert.match(created.stderr, /The job is scanning\.[^]*1 secret found\. Choose with `deployguard jobs select/);
  assert.match(shown.stdout, /awaiting_selection[^]*settings\.ini:1/);
  assert.deepEqual(
    secrets.map(({ file_path, is_false_positive }) => [file_path, is_false_positive]),
    [['settings.ini', false]],
  );
  assert.equal(nothing.exitCode, 2);
  assert.equal(selected.stdout, '1 secret selected.\n');
  assert.equal(cleaned.exitCode, 0, cleaned.output);
  // What happened before is not told again.
  assert.doesNotMatch(cleaned.stderr, /scanning/);
  assert.match(cleaned.stderr, /The job is cleaning\.[^]*The job is cleaned\.[^]*Next: /);
  assert.deepEqual([downloaded.exitCode, downloaded.stdout], [0, `${join(directory.path, 'app.bundle')}\n`], downloaded.output);
  assert.deepEqual([again.exitCode, again.stderr.includes('is there already')], [5, true]);
  assert.match(proof.stdout, /"payloadType"/);
  const history = readHistory(join(directory.path, 'app.bundle'));
  assert.match(history, /from the environment/);
  assert.equal(history.includes(token), false);
  assert.equal(repository.git('rev-parse', 'HEAD'), before);
  assert.equal(
    [created, shown, cleaned, proof].some(({ output }) => output.includes(token)),
    false,
  );
});

test('a repository with an address is cloned, cleaned and pushed; who watches later sees it all', limit, async () => {
  execFileSync('git', ['clone', '--bare', '--quiet', repository.path, join(directory.path, 'app.git')]);
  const credentials = ['--credentials', 'cred-1'];

  const created = await run(['jobs', 'create', '--url', `${gitUrl}/app.git`, ...credentials, '--wait', '--quiet', '--json']);
  const { id } = JSON.parse(created.stdout) as Job;
  const [secret] = await runJson<JobSecret[]>(['jobs', 'secrets', id]);
  await runJson(['jobs', 'select', id, '--secret', secret!.id]);
  await runJson(['jobs', 'clean', id, '--wait']);
  const report = await run(['jobs', 'report', id, '--format', 'csv']);
  const lost = await run(['jobs', 'push', id, '--target-url', `${gitUrl}/no-such.git`, ...credentials, '--wait']);
  const pushed = await run(['jobs', 'push', id, '--target-url', `${gitUrl}/target.git`, ...credentials, '--wait']);
  const watched = await run(['jobs', 'watch', id]);

  assert.equal(created.exitCode, 1, created.output);
  assert.match(report.stdout, /settings\.ini/);
  assert.equal(lost.exitCode, 5, lost.output);
  assert.match(lost.stderr, /error: /);
  assert.equal(pushed.exitCode, 0, pushed.output);
  assert.equal(watched.exitCode, 0, watched.output);
  assert.match(watched.stderr, /is scanning\.[^]*is cleaning\.[^]*is pushing\.[^]*is completed\./);
  assert.equal(readHistory(join(directory.path, 'target.git')).includes(token), false);
});

test('a job is cancelled, and a second time is no error; one that is not there is told with the id of the request', limit, async () => {
  const { id } = await runJson<Job>(['jobs', 'create', '--wait'], 1);

  const cancelled = [await run(['jobs', 'cancel', id]), await run(['jobs', 'cancel', id])];
  const watched = await run(['jobs', 'watch', id]);
  const missing = await run(['jobs', 'show', '0193aa00-0000-7000-8000-000000000001']);

  assert.deepEqual(
    cancelled.map(({ exitCode, stdout }) => [exitCode, stdout]),
    Array.from({ length: 2 }, () => [0, 'The job is cancelled; what was stored for it is being deleted.\n']),
  );
  assert.equal(watched.exitCode, 5, watched.output);
  assert.equal(missing.exitCode, 2);
  assert.match(missing.stderr, /\(request [\w-]+\)\n$/);
});

test('keys are made, rotated and revoked; one that is kept in the environment wins over the login', limit, async () => {
  const made = await run(['api-keys', 'create', '--name', 'ci', '--scope', 'jobs:read', '--expires-in-days', '1']);
  const key = made.stdout.trim();
  const listed = (await runJson<ApiKey[]>(['api-keys', 'list'])).find(({ name }) => name === 'ci')!;
  const withKey = (environmentKey: string, args: readonly string[]) => run(args, { environment: { DEPLOYGUARD_API_KEY: environmentKey } });

  const nobody = await run(['api-keys', 'issue', '--user', 'no body'], { environment: service.environment });
  const allowed = await withKey(key, ['jobs', 'list']);
  const forbidden = await withKey(key, ['tasks', 'list']);
  const rotated = await run(['api-keys', 'rotate', listed.id]);
  const old = await withKey(key, ['jobs', 'list']);
  const rotatedId = (await runJson<ApiKey[]>(['api-keys', 'list'])).find(({ name, revoked_at: at }) => name === 'ci' && at === null)!.id;
  const revoked = await run(['api-keys', 'revoke', rotatedId]);
  const ended = await withKey(rotated.stdout.trim(), ['jobs', 'list']);

  assert.deepEqual([nobody.exitCode, nobody.stdout], [2, '']);
  assert.match(key, /^dgk_/);
  assert.ok(key.startsWith(listed.prefix));
  assert.deepEqual(
    [allowed, forbidden, old, revoked, ended].map(({ exitCode }) => exitCode),
    [0, 3, 3, 0, 3],
    revoked.output,
  );
  assert.match(forbidden.stderr, /lack the scope tasks:read/);
});

test('what failed for good is found and tried again; an event that was handed over is handed over once more', limit, async () => {
  const received: string[] = [];
  const { key, certificate } = await getTestCertificate();
  const receiver = createSecureServer({ key, cert: certificate }, (request, response) => {
    received.push(String(request.headers['webhook-id']));
    request.resume().on('end', () => response.writeHead(204).end());
  }).listen(0, 'localhost');
  await once(receiver, 'listening');
  const { port } = receiver.address() as AddressInfo;
  await run(['webhooks', 'create', '--url', `https://localhost:${port}/hook`, '--event', 'job.failed']);
  const [webhook] = await runJson<Webhook[]>(['webhooks', 'list']);

  const failed = await run(['jobs', 'create', '--url', `${gitUrl}/nothing.git`, '--credentials', 'cred-1', '--wait']);
  const [found] = await runJson<Task[]>(['tasks', 'dead', '--limit', '1']);
  const listed = await run(['tasks', 'dead', '--state', 'failed']);
  const redriven = await run(['tasks', 'redrive', found!.id]);
  while ((await runJson<Task[]>(['tasks', 'dead'])).find(({ id }) => id === found!.id)?.attempt !== 2) await delay(100);
  const delivery = await waitForDelivery(webhook!.id);
  const replayed = await run(['webhooks', 'replay', webhook!.id, delivery.id]);
  while (received.filter((id) => id === delivery.event_id).length < 2) await delay(100);
  const rotated = await run(['webhooks', 'rotate', webhook!.id, '--overlap-seconds', '60']);
  const deleted = await run(['webhooks', 'delete', webhook!.id]);
  receiver.close();

  assert.equal(failed.exitCode, 5, failed.output);
  assert.deepEqual([found!.kind, found!.state], ['job.scan', 'failed']);
  assert.ok(listed.stdout.includes(found!.id));
  assert.deepEqual([redriven.exitCode, redriven.stdout], [0, 'The task is queued.\n'], redriven.output);
  assert.deepEqual([replayed.exitCode, replayed.stdout], [0, 'The delivery is pending.\n'], replayed.output);
  assert.match(rotated.stdout, /^whsec_[A-Za-z0-9+/]{43}=\n$/, rotated.output);
  assert.equal(deleted.stdout, `The webhook for ${webhook!.url} is deleted.\n`);
});

async function waitForDelivery(webhookId: string): Promise<WebhookDelivery> {
  for (;;) {
    const deliveries = await runJson<WebhookDelivery[]>(['webhooks', 'deliveries', webhookId]);
    const delivered = deliveries.find(({ state }) => state === 'delivered');
    if (delivered !== undefined) return delivered;
    await delay(100);
  }
}

test('tasks are listed, and what did not fail cannot be tried again', limit, async () => {
  const tasks = await runJson<Task[]>(['tasks', 'list', '--all']);

  const dead = await run(['tasks', 'dead', '--state', 'dead']);
  const redriven = await run(['tasks', 'redrive', tasks.find(({ state }) => state === 'succeeded')!.id]);

  assert.ok(tasks.some(({ kind, state }) => kind === 'job.scan' && state === 'succeeded'));
  assert.deepEqual([dead.exitCode, dead.stdout], [0, '']);
  assert.equal(redriven.exitCode, 5, redriven.output);
});

test('events are posted where one wants them, until one does not', limit, async () => {
  const made = await run(['webhooks', 'create', '--url', 'https://localhost:9/hook', '--event', 'job.failed']);
  const [webhook] = await runJson<Webhook[]>(['webhooks', 'list']);
  const deliveries = await runJson<unknown[]>(['webhooks', 'deliveries', webhook!.id]);
  const replayed = await run(['webhooks', 'replay', webhook!.id, webhook!.id]);
  const deleted = await run(['webhooks', 'delete', webhook!.id]);

  assert.match(made.stdout, /^whsec_\S+\n$/);
  assert.deepEqual([webhook!.url, webhook!.events, deliveries], ['https://localhost:9/hook', ['job.failed'], []]);
  assert.deepEqual([replayed.exitCode, deleted.exitCode], [2, 0]);
  assert.deepEqual(await runJson(['webhooks', 'list']), []);
});

test('a key is not sent in the clear to another machine, and an address that is none is told', limit, async () => {
  const environment = { DEPLOYGUARD_API_KEY: 'secret' };

  const clear = await run(['jobs', 'list', '--server', 'http://deployguard.example.com'], { environment });
  const odd = await run(['jobs', 'list', '--server', 'deployguard.example.com'], { environment });
  const away = await run(['jobs', 'list', '--server', 'https://127.0.0.1:9', '--quiet'], { environment });

  assert.deepEqual([clear.exitCode, odd.exitCode, away.exitCode], [2, 2, 4]);
  assert.match(clear.stderr, /unencrypted/);
  assert.match(away.stderr, /https:\/\/127\.0\.0\.1:9 cannot be reached/);
});

test('after a logout the key is gone from this machine', limit, async () => {
  const out = await run(['logout']);
  const kept = readFileSync(join(home, '.config/deployguard/servers.json'), 'utf8');
  const after = await run(['jobs', 'list', '--server', service.url, '--ca-file', join(directory.path, 'ca.pem')]);

  assert.equal(out.exitCode, 0, out.output);
  assert.equal(kept.includes(firstKey), false);
  assert.equal(after.exitCode, 3);
  assert.match(after.stderr, /Sign in with `deployguard login`/);
});

/** A login on a terminal (a pseudo-terminal of `script`), at which something is typed once it is asked for. */
async function typeAt(question: string, text: string): Promise<{ readonly screen: string; readonly exitCode: number | null }> {
  const command = [process.execPath, launcher, ...signInHere()].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], {
    env: { PATH: process.env['PATH'], HOME: join(directory.path, 'typing'), LANG: 'C.UTF-8', TERM: 'xterm' },
    timeout: 60_000,
  });
  let screen = '';
  let isTyped = false;
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    screen += piece;
    if (isTyped || !screen.includes(question)) return;
    isTyped = true;
    child.stdin.write(text);
  });
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { screen, exitCode };
}

/** Every version of every file and every message, as git prints it. */
function readHistory(source: string): string {
  const clone = join(directory.path, 'clone');
  rmSync(clone, { recursive: true, force: true });
  execFileSync('git', ['clone', '--quiet', source, clone]);
  return execFileSync('git', ['log', '--all', '-p'], { cwd: clone, encoding: 'utf8' });
}
