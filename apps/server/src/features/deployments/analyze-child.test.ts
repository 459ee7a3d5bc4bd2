import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildToken, createTemporaryDirectory } from '@deployguard/testkit';
import { anApplication, quickly } from '../../../test/an-application.ts';
import { startDeploymentsService } from '../../../test/start-deployments-service.ts';
import type { DeploymentsService } from '../../../test/start-deployments-service.ts';

const limit = { timeout: 600_000 };
let service: DeploymentsService;

before(async () => {
  service = await startDeploymentsService();
  await service.startWorker();
});
after(() => service.stop());

function deploy(
  name: string,
  files: Record<string, string>,
  application: Record<string, unknown> = {},
  body: Record<string, unknown> = {},
) {
  return service.deploy(name, files, { ...body, config: { application: { ...quickly, ...application } } });
}

/** What a deployment says, up to a text. */
async function readLog(id: string, last: string): Promise<string> {
  const headers = await service.app.asUser('alice');
  const { body } = await fetch(`${service.app.url}/api/v2/deployments/${id}/logs`, { headers });
  let text = '';
  for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes(last)) break;
  }
  return text;
}

test(
  'a secret in the history stops a deployment before anything of it is built; the answer says which and where, and a waiver lets it through',
  limit,
  async () => {
    const token = buildToken({ prefix: ['sk_', 'live_'], length: 24 });
    const files = { ...anApplication('one'), 'config.js': `const token = '${token}';\n` };

    const id = await deploy('leaky', files);
    const failed = await service.waitFor(id, 'FAILED', 'EXPOSED');
    const { gate } = failed.metadata as {
      gate: { blocked: number; findings: { finding_id: string; path: string; line: number; preview: string }[] };
    };
    const builds = (await service.call('GET', `/api/v2/deployments/${id}/builds`)).json['items'];
    const waivers = gate.findings.map(({ finding_id }) => ({ finding_id, reason: 'revoked' }));
    const accepted = await deploy('leaky', files, {}, { waivers });
    const exposed = await service.waitFor(accepted, 'EXPOSED', 'FAILED');
    const { source_id, git_sha: commit } = exposed;
    const again = await service.deploy('leaky', files, { source_id, commit, config: { application: quickly } });
    const refused = await service.waitFor(again, 'EXPOSED', 'FAILED');

    assert.equal(failed.last_error?.code, 'SECRETS_FOUND');
    assert.deepEqual([refused.status, refused.last_error?.code], ['FAILED', 'SECRETS_FOUND']);
    assert.match(failed.last_error!.message, new RegExp(`config\\.js:1, .*id ${gate.findings[0]!.finding_id}\\)`));
    assert.deepEqual([gate.blocked, gate.findings[0]!.path, gate.findings[0]!.line], [1, 'config.js', 1]);
    assert.ok(!JSON.stringify(failed).includes(token));
    assert.deepEqual(builds, []);
    assert.equal(exposed.status, 'EXPOSED', JSON.stringify(exposed.last_error));
  },
);

test('a comment in the repository lets a secret through, and the deployment says that it does', limit, async () => {
  const token = buildToken({ prefix: ['sk_', 'live_'], length: 24 });
  const files = { ...anApplication('one'), 'config.js': `const token = '${token}'; // deployguard:allow\n` };

  const exposed = await service.waitFor(await deploy('commented', files), 'EXPOSED', 'FAILED');

  const { gate } = exposed.metadata as { gate: { blocked: number; findings: Record<string, unknown>[] } };
  assert.equal(exposed.status, 'EXPOSED', JSON.stringify(exposed.last_error));
  assert.deepEqual(
    [gate.blocked, gate.findings.map(({ path, is_accepted, is_allowed_inline }) => ({ path, is_accepted, is_allowed_inline }))],
    [0, [{ path: 'config.js', is_accepted: true, is_allowed_inline: true }]],
  );
  const text = await readLog(exposed.id, 'Looking at the files');
  assert.match(text, /Accepted by a comment in the repository: .*config\.js:1/);
  assert.ok(!text.includes(token));
});

test('the history of a commit that is deployed again is not scanned again', limit, async () => {
  const files = anApplication('one');
  const first = await service.waitFor(await deploy('known', files), 'EXPOSED', 'FAILED');
  const { source_id } = first;

  const second = await service.waitFor(await deploy('known', files, {}, { source_id }), 'EXPOSED', 'FAILED');
  const other = await service.waitFor(await deploy('unknown', files, {}, { source_id }), 'EXPOSED', 'FAILED');

  const steps = await Promise.all([first, second, other].map(({ id }) => readLog(id, 'Looking at the files')));
  assert.deepEqual(
    steps.map((text) => [
      text.includes('No secret stops this deployment.'),
      text.includes('the history of this commit was scanned before'),
    ]),
    [
      [true, false],
      [false, true],
      [true, false],
    ],
  );
});

test('what the scan of a history could not read is told with every deployment of its commit', limit, async () => {
  const files = { ...anApplication('one'), 'data.bz2': `BZh91AY&SY${'x'.repeat(100)}` };
  const first = await service.waitFor(await deploy('packed', files), 'EXPOSED', 'FAILED');
  const { source_id } = first;

  const second = await service.waitFor(await deploy('packed', files, {}, { source_id }), 'EXPOSED', 'FAILED');

  const said = 'Left out: bzip2 archive (this format is not supported), 1 time.';
  for (const { id, metadata } of [first, second]) {
    assert.deepEqual((metadata as { gate: unknown }).gate, { blocked: 0, findings: [], left_out: [said] });
    assert.ok((await readLog(id, 'Looking at the files')).includes(said));
  }
  assert.match(await readLog(second.id, 'Looking at the files'), /the history of this commit was scanned before/);
});

test('a branch is found by its name in whatever letters, also as the one that is checked out', limit, async () => {
  const bundle = makeBundleOf('größer', anApplication('one'));
  const source_id = String((await service.call('POST', '/api/v2/sources', bundle)).json['id']);

  const named = await service.waitFor(await deploy('letters', {}, {}, { source_id, branch: 'größer' }), 'EXPOSED', 'FAILED');
  const checkedOut = await service.waitFor(await deploy('letters', {}, {}, { source_id }), 'EXPOSED', 'FAILED');

  for (const { status, last_error: error } of [named, checkedOut]) assert.equal(status, 'EXPOSED', error?.message);
});

function makeBundleOf(branch: string, files: Readonly<Record<string, string>>): Buffer {
  using directory = createTemporaryDirectory();
  const git = (...args: string[]): Buffer =>
    execFileSync('git', ['-C', directory.path, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args]);
  git('init', '--quiet', `--initial-branch=${branch}`);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory.path, name)), { recursive: true });
    writeFileSync(join(directory.path, name), content);
  }
  git('add', '--all');
  git('commit', '--quiet', '--message=first');
  return git('bundle', 'create', '--quiet', '-', '--all');
}

test('what deployguard.yaml says is done; what it does not know is refused with its path and a suggestion', limit, async () => {
  const config = (text: string) => ({ ...anApplication('one'), 'deployguard.yaml': text });

  const { install_command, start_command } = quickly;
  const wanted = { install_command, start_command, env_vars: { GREETING: 'from the file' }, health: { path: '/' }, replicas: 2 };
  const good = await service.deploy('configured', config(`deployment:\n  region: eu-1\n  application: ${JSON.stringify(wanted)}\n`));
  const exposed = await service.waitFor(good, 'EXPOSED', 'FAILED');
  const bad = await deploy('misconfigured', config('deployment:\n  application:\n    replica: 2\n'));
  const failed = await service.waitFor(bad, 'FAILED', 'EXPOSED');

  assert.equal(exposed.status, 'EXPOSED', JSON.stringify(exposed.last_error));
  assert.deepEqual(await service.ask('configured'), { status: 200, text: 'one from the file' });
  assert.equal((await service.listInstances('configured')).length, 2);
  assert.equal(failed.last_error?.code, 'CONFIG_INVALID');
  assert.match(failed.last_error!.message, /deployguard\.yaml: deployment\.application\.replica is not known; did you mean "replicas"\?/);
});
