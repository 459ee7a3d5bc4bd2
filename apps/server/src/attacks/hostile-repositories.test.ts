import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildToken, createTemporaryDirectory, createTestRepository, startTestGitServer } from '@deployguard/testkit';
import type { TestGitServer } from '@deployguard/testkit';
import { credentialsId, startJobsService } from '../../test/start-jobs-service.ts';
import type { JobsService } from '../../test/start-jobs-service.ts';

const limit = { timeout: 300_000 };
const token = buildToken({ prefix: ['sk_', 'live_'], length: 24, seed: 'hostile' });

let service: JobsService;
let thief: TestGitServer;
let answerInstead: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;

before(async () => {
  service = await startJobsService({
    intercept(request, response) {
      answerInstead?.(request, response);
      return answerInstead !== undefined;
    },
  });
  thief = await startTestGitServer();
  await service.startWorker();
});
after(async () => {
  await thief.close();
  await service.stop();
});

test('G14 a git bomb ends a job soon and with a plain message, and the service goes on', limit, async () => {
  const bomb = createTestRepository({ bare: true });
  let oid = bomb.writeBlob(`TOKEN=${token}\n`);
  for (let level = 0; level < 10; level++) {
    const mode = level === 0 ? '100644' : '40000';
    oid = bomb.writeTree(Array.from({ length: 10 }, (_, index) => ({ mode, name: `d${index}`, oid })));
  }
  bomb.commit({ tree: oid });
  const source = await uploadAll(bomb);
  await bomb.dispose();

  const jobId = await service.createJob({ source_id: source });
  const { job } = await service.waitFor(jobId, 'failed', 'awaiting_selection');

  assert.equal(job.status, 'failed');
  assert.match(job.last_error!.message, /git bomb|more memory|too much memory/);
});

for (const [what, serve] of Object.entries({ 'a pack': serveEndlessPack, 'a list of refs': serveEndlessRefs })) {
  test(`G15 ${what} without end is given up at the limit, and the job says so`, limit, async () => {
    answerInstead = serve;
    const { config } = service.platform;
    const bounded = { ...config, jobs: { ...config.jobs, maxRepositoryBytes: 3_000_000 } };
    Object.assign(service.platform, { config: bounded });

    const jobId = await service.createJob();
    const { job } = await service.waitFor(jobId, 'failed', 'completed');
    answerInstead = undefined;
    Object.assign(service.platform, { config });

    assert.deepEqual([job.status, job.last_error?.code], ['failed', 'LIMIT_EXCEEDED']);
  });
}

test('G3 G19 a server that sends elsewhere is not followed, and no credential goes there', limit, async () => {
  for (const location of [`${thief.url}/repository.git/info/refs`, 'file:///etc/passwd']) {
    answerInstead = (_, response) => void response.writeHead(302, { location }).end();

    const jobId = await service.createJob();
    const { job } = await service.waitFor(jobId, 'failed', 'completed');

    assert.deepEqual([job.status, job.last_error?.code], ['failed', 'URL_REFUSED'], location);
  }
  answerInstead = undefined;
  assert.deepEqual(thief.requests, []);
});

test('G22 N1 N4 a job leads to no address inside, by no name, and does not tell which are there', limit, async () => {
  const { promise: connected, resolve: connect } = Promise.withResolvers<'connected'>();
  const canary = createServer((socket) => {
    connect('connected');
    socket.destroy();
  });
  canary.listen(0, '::');
  await once(canary, 'listening');
  const { port } = canary.address() as AddressInfo;
  const hosts = ['localhost', 'not-there.invalid'];
  // As an operator has it who allowed nothing.
  const { config } = service.platform;
  Object.assign(service.platform, { config: { ...config, egress: { allow: [] } } });

  const jobIds = await Promise.all(
    hosts.map((host) => service.createJob({ source_url: `https://${host}:${port}/a.git`, source_credentials_id: undefined })),
  );
  const ended = await Promise.all(jobIds.map((jobId) => service.waitFor(jobId, 'failed', 'completed')));
  Object.assign(service.platform, { config });
  const heard = await Promise.race([connected, Promise.resolve('nothing')]);
  canary.close();

  assert.equal(heard, 'nothing');
  const answers = ended.map(({ job }) => `${job.status} ${job.last_error?.code} ${job.last_error?.message}`);
  assert.deepEqual([...new Set(answers)], ['failed REMOTE_UNREACHABLE The server cannot be reached, or ended the connection.']);
  const notes = service.app.log.filter((line) => line.includes('noted by the process')).join('');
  assert.ok(notes.includes('localhost: ADDRESS_DENIED') && notes.includes('not-there.invalid: HOST_NOT_FOUND'), notes);
});

test('G1 G2 G6 no text of a request is an option, a transport or a command', limit, async () => {
  using directory = createTemporaryDirectory();
  const canary = join(directory.path, 'canary');
  const touch = `touch\${IFS}${canary}`;
  const texts = [`$(${touch})`, `--upload-pack=${touch}`, `ext::sh\${IFS}-c\${IFS}${touch}`];

  const answers = await Promise.all(
    texts.flatMap((text) =>
      [
        { source_branch: text },
        { source_url: text },
        { source_url: `https://localhost:${service.git.port}/${text}.git` },
        { source_credentials_id: text },
        { source_platform: text },
      ].map((body) =>
        service.call('POST', '/api/v2/jobs', {
          source_platform: 'generic',
          source_url: service.repositoryUrl,
          source_credentials_id: credentialsId,
          ...body,
        }),
      ),
    ),
  );
  const accepted = answers.filter(({ status }) => status === 202);
  const ended = await Promise.all(accepted.map(({ json }) => service.waitFor(String(json['id']), 'failed', 'completed')));

  assert.deepEqual([...new Set(answers.map(({ status }) => status))].sort(), [202, 422]);
  assert.deepEqual([...new Set(ended.map(({ job }) => job.status))], ['failed']);
  assert.equal(existsSync(canary), false);
});

test('T7 whoever wrote a commit gets nothing by it, and nothing is done in their name', limit, async () => {
  const bob = await service.app.asUser('bob');
  await fetch(`${service.app.url}/api/v2/jobs`, { headers: bob });
  const repository = createTestRepository({ bare: true });
  for (const author of ['bob <bob>', 'X-User-ID: bob <bob@example.com>', 'bob <bob@example.com>'])
    repository.commit({ files: { [`of ${author}`.replaceAll('/', '_')]: `STRIPE_KEY=${token}\n` }, author });

  const jobId = await service.createJob({ source_id: await uploadAll(repository) });
  await service.waitFor(jobId, 'awaiting_selection', 'failed');
  await repository.dispose();
  const audit = (await service.call('GET', `/api/v2/audit?job_id=${jobId}`)).json as { items: { user_id: string }[] };
  const ofBob = (await (await fetch(`${service.app.url}/api/v2/jobs`, { headers: bob })).json()) as { items: unknown[] };

  assert.deepEqual([...new Set(audit.items.map(({ user_id: user }) => user))], ['alice']);
  assert.deepEqual(ofBob.items, []);
});

async function uploadAll(repository: ReturnType<typeof createTestRepository>): Promise<string> {
  await repository.git(['bundle', 'create', '--quiet', 'all.bundle', '--all']);
  const { json } = await service.call('POST', '/api/v2/sources', readFileSync(`${repository.path}/all.bundle`));
  return String(json['id']);
}

/** As of gitprotocol-common(5). */
function packetLine(text: string): string {
  return (text.length + 4).toString(16).padStart(4, '0') + text;
}

const advertisement = `${packetLine('# service=git-upload-pack\n')}0000${packetLine(`${'1'.repeat(40)} refs/heads/main\0 side-band-64k\n`)}`;

function serveEndlessRefs(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' });
  response.write(advertisement);
  let count = 0;
  pump(response, () => Buffer.from(packetLine(`${'1'.repeat(40)} refs/heads/${'x'.repeat(200)}${count++}\n`).repeat(100)));
}

function serveEndlessPack(request: IncomingMessage, response: ServerResponse): void {
  if (!request.url?.endsWith('/git-upload-pack')) {
    response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' });
    return void response.end(`${advertisement}0000`);
  }
  response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-result' });
  response.write(packetLine('NAK\n'));
  // The head of a pack of very many objects, and then noise, on the side band of the pack.
  const toBand = (data: Buffer): Buffer =>
    Buffer.concat([Buffer.from((data.length + 5).toString(16).padStart(4, '0')), Buffer.of(1), data]);
  response.write(toBand(Buffer.from('PACK\0\0\0\x02\x7f\xff\xff\xff', 'latin1')));
  pump(response, () => toBand(Buffer.alloc(60_000, 0x80)));
}

/** As fast as it is taken, until the other side has enough. */
function pump(response: ServerResponse, next: () => Buffer): void {
  const write = (): void => {
    while (!response.destroyed && response.write(next()));
  };
  response.on('drain', write);
  write();
}
