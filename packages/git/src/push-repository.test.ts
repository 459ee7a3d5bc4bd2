import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createEgressPolicy } from '@deployguard/egress';
import { createTemporaryDirectory, createTestRepository, startTestGitServer } from '@deployguard/testkit';
import type { TestGitServer, TestRepository } from '@deployguard/testkit';
import type { PushedRef } from './push-plan.ts';
import { pushRepository } from './push-repository.ts';
import type { PushOptions, PushResult } from './push-repository.ts';

const policy = createEgressPolicy({ allowPrivate: true });

/** A rewritten repository, and a remote that has the history from before. */
interface Scene extends AsyncDisposable {
  readonly cleaned: TestRepository;
  readonly remote: TestRepository;
  /** What the remote had when it was scanned. */
  readonly expectedTargets: Map<string, string>;
  push(options?: Partial<PushOptions>): Promise<PushResult>;
}

const names = ['refs/heads/main', 'refs/heads/topic', 'refs/tags/v1', 'refs/notes/commits', 'refs/pull/1/head'];

function createScene(): Scene {
  const work = createTemporaryDirectory();
  const [remote, cleaned] = [createTestRepository({ bare: true }), createTestRepository({ bare: true })];
  for (const [repository, value] of [
    [remote, 'secret'],
    [cleaned, 'removed'],
  ] as const) {
    const first = repository.commit({ files: { a: 'a' }, message: 'Begin\n' });
    repository.updateRef('refs/heads/topic', first);
    const main = repository.commit({ files: { b: value } });
    repository.tag('v1', { target: main, message: 'One\n' });
    repository.note(main, 'note\n');
    repository.updateRef('refs/pull/1/head', repository.commit({ files: { c: value }, branch: undefined, parents: [main] }));
  }
  return {
    cleaned,
    remote,
    expectedTargets: new Map(names.map((name) => [name, remote.resolveRef(name)])),
    push: async (options = {}) =>
      await pushRepository(cleaned.gitDir, remote.gitDir, { workDirectory: work.path, allowFile: true, ...options }),
    async [Symbol.asyncDispose]() {
      work.dispose();
      await remote.dispose();
      await cleaned.dispose();
    },
  };
}

function statuses(refs: readonly PushedRef[]): Record<string, string> {
  return Object.fromEntries(refs.map(({ name, status }) => [name, status]).sort());
}

async function listRefs(repository: TestRepository): Promise<string> {
  return await repository.git(['for-each-ref', '--format=%(refname) %(objectname)']);
}

test('all refs replace those that were scanned; what the host keeps itself is reported', async () => {
  await using scene = createScene();

  const result = await scene.push({ force: true, expectedTargets: scene.expectedTargets });

  assert.deepEqual(statuses(result.refs), {
    'refs/heads/main': 'updated',
    'refs/heads/topic': 'unchanged',
    'refs/notes/commits': 'updated',
    'refs/pull/1/head': 'withheld',
    'refs/tags/v1': 'updated',
  });
  assert.equal(result.isComplete, false);
  for (const name of ['refs/heads/main', 'refs/tags/v1', 'refs/notes/commits']) {
    assert.equal(scene.remote.resolveRef(name), scene.cleaned.resolveRef(name));
  }
  await scene.remote.git(['fsck', '--connectivity-only']);
});

test('a push that is repeated changes nothing', async () => {
  await using scene = createScene();
  scene.cleaned.updateRef('refs/pull/1/head', undefined);
  scene.remote.updateRef('refs/pull/1/head', undefined);
  await scene.push({ force: true, expectedTargets: scene.expectedTargets });

  const again = await scene.push({ force: true, expectedTargets: scene.expectedTargets });

  assert.equal(again.isComplete, true);
  assert.ok(again.refs.every(({ status }) => status === 'unchanged'));
});

test('an empty remote gets everything without force', async () => {
  await using scene = createScene();
  await using empty = createTestRepository({ bare: true });
  using work = createTemporaryDirectory();

  const result = await pushRepository(scene.cleaned.gitDir, empty.gitDir, { workDirectory: work.path, allowFile: true });

  assert.ok(result.refs.every(({ name, status }) => status === (name.startsWith('refs/pull/') ? 'withheld' : 'created')));
  assert.equal(empty.resolveRef('refs/tags/v1'), scene.cleaned.resolveRef('refs/tags/v1'));
});

test('without force a rewritten ref is rejected and a new one is made', async () => {
  await using scene = createScene();
  scene.cleaned.updateRef('refs/heads/new', scene.cleaned.resolveRef('refs/heads/main'));
  const before = scene.remote.resolveRef('refs/heads/main');

  const { refs } = await scene.push();

  const found = statuses(refs);
  assert.equal(found['refs/heads/main'], 'rejected');
  assert.equal(found['refs/heads/new'], 'created');
  assert.equal(scene.remote.resolveRef('refs/heads/main'), before);
});

test('a ref that moved since the scan is left alone, and with it all others: a history is replaced as a whole or not at all', async () => {
  await using scene = createScene();
  scene.remote.commit({ files: { d: 'new work' } });
  const before = await listRefs(scene.remote);

  const { refs, isComplete } = await scene.push({ force: true, expectedTargets: scene.expectedTargets });

  const main = refs.find(({ name }) => name === 'refs/heads/main')!;
  assert.equal(main.status, 'moved');
  assert.match(main.reason!, /scan and clean again/);
  const tag = refs.find(({ name }) => name === 'refs/tags/v1')!;
  assert.equal(tag.status, 'rejected');
  assert.match(tag.reason!, /another ref/);
  assert.equal(isComplete, false);
  assert.equal(await listRefs(scene.remote), before);
});

/** Makes the remote refuse the tag. */
async function refuseTag({ remote }: Scene): Promise<void> {
  mkdirSync(join(remote.gitDir, 'hooks'), { recursive: true });
  writeFileSync(join(remote.gitDir, 'hooks/update'), '#!/bin/sh\n[ "$1" != refs/tags/v1 ]\n', { mode: 0o755 });
}

for (const transport of ['path', 'https']) {
  test(`a remote that refuses one ref of a forced push takes none (${transport})`, async () => {
    await using scene = createScene();
    await refuseTag(scene);
    const before = await listRefs(scene.remote);
    await using server = await serve(scene.remote);
    const options = { force: true, expectedTargets: scene.expectedTargets };

    const { refs } = await (transport === 'path' ? scene.push(options) : pushOver(server, scene, options));

    assert.match(refs.find(({ name }) => name === 'refs/tags/v1')!.reason!, /hook declined/);
    assert.match(refs.find(({ name }) => name === 'refs/heads/main')!.reason!, /another ref/);
    assert.ok(refs.findIndex(({ name }) => name === 'refs/tags/v1') < refs.findIndex(({ name }) => name === 'refs/heads/main'));
    assert.equal(await listRefs(scene.remote), before);
  });

  test(`a remote that knows no atomic push takes what it does not refuse (${transport})`, async () => {
    await using scene = createScene();
    await refuseTag(scene);
    await scene.remote.git(['config', 'receive.advertiseAtomic', 'false']);
    await using server = await serve(scene.remote);
    const options = { force: true, expectedTargets: scene.expectedTargets };

    const { refs } = await (transport === 'path' ? scene.push(options) : pushOver(server, scene, options));

    assert.deepEqual([statuses(refs)['refs/tags/v1'], statuses(refs)['refs/heads/main']], ['rejected', 'updated']);
    assert.equal(scene.remote.resolveRef('refs/heads/main'), scene.cleaned.resolveRef('refs/heads/main'));
  });
}

test('a ref that moves between the look and the push is left alone', async () => {
  await using scene = createScene();
  // The remote itself moves the ref when the push begins, as another person's push would.
  const newWork = scene.remote.commit({ files: { d: 'new work' }, branch: undefined });
  await using server = await serve(scene.remote, {
    onPush: () => scene.remote.updateRef('refs/heads/main', newWork),
  });

  const { refs } = await pushOver(server, scene, { force: true });

  // The remote only says that it failed to update the ref.
  assert.equal(statuses(refs)['refs/heads/main'], 'rejected');
  assert.equal(scene.remote.resolveRef('refs/heads/main'), newWork);
  assert.equal(scene.remote.resolveRef('refs/tags/v1'), scene.expectedTargets.get('refs/tags/v1'));
});

test('nothing that was not scanned is replaced', async () => {
  await using scene = createScene();

  const { refs } = await scene.push({ force: true });

  assert.equal(statuses(refs)['refs/heads/main'], 'moved');
});

test('old names are deleted only when asked, and only while they lead to what was scanned', async () => {
  await using scene = createScene();
  const main = scene.remote.resolveRef('refs/heads/main');
  for (const name of ['refs/heads/old', 'refs/heads/used', 'refs/heads/foreign']) scene.remote.updateRef(name, main);
  scene.expectedTargets.set('refs/heads/old', main).set('refs/heads/used', scene.remote.resolveRef('refs/heads/topic'));
  const options = { force: true, expectedTargets: scene.expectedTargets };

  const kept = await scene.push(options);
  const heldBack = await scene.push({ ...options, deleteRefs: ['refs/heads/old', 'refs/heads/used'] });
  const deleted = await scene.push({ ...options, deleteRefs: ['refs/heads/old', 'refs/heads/main'] });

  assert.equal(statuses(kept.refs)['refs/heads/old'], 'left');
  assert.equal(statuses(heldBack.refs)['refs/heads/used'], 'moved');
  assert.equal(statuses(heldBack.refs)['refs/heads/old'], 'rejected');
  assert.equal(statuses(deleted.refs)['refs/heads/old'], 'deleted');
  assert.equal(statuses(deleted.refs)['refs/heads/used'], 'left');
  assert.equal(statuses(deleted.refs)['refs/heads/foreign'], 'left');
  // Still here, so never deleted there.
  assert.equal(statuses(deleted.refs)['refs/heads/main'], 'unchanged');
  assert.throws(() => scene.remote.resolveRef('refs/heads/old'));
});

test('a dry run reports and changes nothing', async () => {
  await using scene = createScene();
  const before = scene.remote.resolveRef('refs/heads/main');

  const { refs } = await scene.push({ force: true, expectedTargets: scene.expectedTargets, dryRun: true });

  assert.equal(statuses(refs)['refs/heads/main'], 'updated');
  assert.equal(scene.remote.resolveRef('refs/heads/main'), before);
});

test('many refs are pushed by a pattern, names in UTF-8 included', async () => {
  await using scene = createScene();
  const main = scene.cleaned.resolveRef('refs/heads/main');
  const many = [...Array(120).keys()].map((i) => `${main} refs/heads/b/${String(i).padStart(4, '0')}\n`);
  writeFileSync(join(scene.cleaned.gitDir, 'packed-refs'), `# pack-refs with: sorted \n${many.join('')}${main} refs/heads/zürich\n`);

  const { refs } = await scene.push({ force: true, expectedTargets: scene.expectedTargets, maxNamedRefs: 50 });

  assert.equal(refs.filter(({ status }) => status === 'created').length, 121);
  const listed = await scene.remote.git(['for-each-ref', '--format=%(refname)', 'refs/heads/z*']);
  assert.equal(listed, 'refs/heads/zürich\n');
});

test('refs pushed by a pattern fare as those that are named: created, replaced, deleted, moved, rejected', async () => {
  const run = async (options: Partial<PushOptions>): Promise<unknown> => {
    await using scene = createScene();
    const { remote, cleaned, expectedTargets } = scene;
    const [main, topic] = [remote.resolveRef('refs/heads/main'), remote.resolveRef('refs/heads/topic')];
    for (const name of ['refs/heads/old', 'refs/heads/used', 'refs/heads/left']) remote.updateRef(name, main);
    expectedTargets.set('refs/heads/old', main).set('refs/heads/used', topic);
    cleaned.updateRef('refs/heads/new', cleaned.resolveRef('refs/heads/main'));
    const before = await scene.push({ ...options, expectedTargets });
    remote.updateRef('refs/notes/commits', main);
    const heldBack = await scene.push({ ...options, expectedTargets, force: true, deleteRefs: ['refs/heads/old', 'refs/heads/used'] });
    remote.updateRef('refs/notes/commits', expectedTargets.get('refs/notes/commits'));
    const after = await scene.push({ ...options, expectedTargets, force: true, deleteRefs: ['refs/heads/old'] });
    return [statuses(before.refs), statuses(heldBack.refs), statuses(after.refs), await listRefs(remote)];
  };

  const [named, byPattern] = [await run({}), await run({ maxNamedRefs: 0 })];

  assert.deepEqual(byPattern, named);
  const [, heldBack, after] = named as Record<string, string>[];
  assert.deepEqual(heldBack, {
    'refs/heads/left': 'left',
    'refs/heads/main': 'rejected',
    'refs/heads/new': 'unchanged',
    'refs/heads/old': 'rejected',
    'refs/heads/topic': 'unchanged',
    'refs/heads/used': 'moved',
    'refs/notes/commits': 'moved',
    'refs/pull/1/head': 'withheld',
    'refs/tags/v1': 'rejected',
  });
  assert.deepEqual(after, {
    ...heldBack,
    'refs/heads/main': 'updated',
    'refs/heads/old': 'deleted',
    'refs/heads/used': 'left',
    'refs/notes/commits': 'updated',
    'refs/tags/v1': 'updated',
  });
});

for (const maxNamedRefs of [500, 0]) {
  test(`a ref that moves before the push is told what the remote has is left alone (${maxNamedRefs} named)`, async () => {
    await using scene = createScene();
    const newWork = scene.remote.commit({ files: { d: 'new work' }, branch: undefined });
    await using server = await serve(scene.remote, { onAsk: () => scene.remote.updateRef('refs/heads/main', newWork) });

    const { refs } = await pushOver(server, scene, { force: true, maxNamedRefs });

    assert.equal(statuses(refs)['refs/heads/main'], 'moved');
    assert.equal(statuses(refs)['refs/tags/v1'], 'rejected');
    assert.equal(scene.remote.resolveRef('refs/heads/main'), newWork);
    assert.equal(scene.remote.resolveRef('refs/tags/v1'), scene.expectedTargets.get('refs/tags/v1'));
  });
}

test('G18: control characters in what the remote says do not come through, and a refusal says why', async () => {
  await using scene = createScene();
  const hook = join(scene.remote.gitDir, 'hooks/pre-receive');
  mkdirSync(join(scene.remote.gitDir, 'hooks'), { recursive: true });
  writeFileSync(hook, '#!/bin/sh\nprintf "\\033]0;owned\\007\\033[31mNo pushes today\\n" >&2\nexit 1\n');
  chmodSync(hook, 0o755);
  await using server = await serve(scene.remote);

  const { refs, messages, isComplete } = await pushOver(server, scene, { force: true });

  assert.equal(isComplete, false);
  const main = refs.find(({ name }) => name === 'refs/heads/main')!;
  assert.equal(main.status, 'rejected');
  assert.match(main.reason!, /pre-receive hook declined/);
  assert.ok(messages.includes('No pushes today'), messages.join('\n'));
  assert.doesNotMatch(JSON.stringify([refs, messages]), /\\u00(?:1b|07)/);
});

test('a push over https carries the credential to that server and arrives', async () => {
  await using scene = createScene();
  await using server = await serve(scene.remote);

  const { refs } = await pushOver(server, scene, { force: true });

  assert.equal(statuses(refs)['refs/heads/main'], 'updated');
  assert.equal(scene.remote.resolveRef('refs/heads/main'), scene.cleaned.resolveRef('refs/heads/main'));
  assert.ok(server.requests.some(({ url, authorization }) => url.includes('git-receive-pack') && authorization !== undefined));
});

test('wrong credentials are an error that repeats neither them nor the URL', async () => {
  await using scene = createScene();
  await using server = await serve(scene.remote);

  const error = await pushOver(server, scene, { credentials: { username: 'user', password: 'wr0ng-pass' } }).catch(
    (cause: unknown) => cause,
  );

  assert.equal((error as { code: string }).code, 'AUTHENTICATION_FAILED');
  assert.doesNotMatch(String((error as Error).stack), /wr0ng-pass/);
});

test('G19: a redirect is not followed, and the place it names sees neither request nor credential', async () => {
  await using scene = createScene();
  await using stranger = await startTestGitServer();
  await using server = await startTestGitServer({
    intercept: (request, response) => {
      response.writeHead(302, { location: `${stranger.url}${request.url}` }).end();
      return true;
    },
  });

  await assert.rejects(pushOver(server, scene), { code: 'URL_REFUSED' });
  assert.deepEqual(stranger.requests, []);
});

test('G22: the address that a push goes to is checked like that of a clone', async () => {
  await using scene = createScene();
  await using server = await serve(scene.remote);

  await assert.rejects(pushOver(server, scene, { policy: createEgressPolicy() }), { code: 'URL_REFUSED' });
  assert.deepEqual(server.requests, []);
});

test('G1, G2, G3: a target that is no https or ssh URL is refused before git sees it', async () => {
  await using scene = createScene();
  using work = createTemporaryDirectory();
  const targets = [
    '--receive-pack=touch x',
    '-oProxyCommand=x',
    'ext::sh -c id',
    'file:///etc',
    scene.remote.gitDir,
    'https://h\n/x',
    'http://h/x',
  ];
  for (const target of targets) {
    await assert.rejects(pushRepository(scene.cleaned.gitDir, target, { workDirectory: work.path }), { code: 'URL_REFUSED' });
  }
});

async function serve(
  remote: TestRepository,
  { onAsk, onPush }: { onAsk?: () => void; onPush?: () => void } = {},
): Promise<TestGitServer & { path: string }> {
  const [, root = '', name = ''] = /^(.*)\/([^/]+)$/.exec(remote.gitDir) ?? [];
  const server = await startTestGitServer({
    root,
    credentials: 'user:correct-pass',
    intercept: (request) => {
      if (request.method === 'GET' && request.url?.endsWith('service=git-receive-pack')) onAsk?.();
      if (request.method === 'POST' && request.url?.endsWith('git-receive-pack')) onPush?.();
      return false;
    },
  });
  return { ...server, path: `/${name}` };
}

async function pushOver(server: TestGitServer & { path?: string }, scene: Scene, options: Partial<PushOptions> = {}): Promise<PushResult> {
  using work = createTemporaryDirectory();
  return await pushRepository(scene.cleaned.gitDir, `${server.url}${server.path ?? '/x.git'}`, {
    workDirectory: work.path,
    policy,
    caFile: server.caFile,
    credentials: { username: 'user', password: 'correct-pass' },
    expectedTargets: scene.expectedTargets,
    ...options,
  });
}
