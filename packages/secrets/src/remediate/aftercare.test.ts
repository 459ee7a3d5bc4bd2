import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTemporaryDirectory, createTestRepository } from '@deployguard/testkit';
import type { Proof } from '../proof/proof.ts';
import type { RefChange } from '../rewrite/rewrite-result.ts';
import { buildAftercare } from './aftercare.ts';
import type { AftercareOptions } from './aftercare.ts';
import { writeCommitMapParts } from './commit-map-parts.ts';
import { findHost } from './host.ts';
import { buildPreReceiveHook } from './pre-receive-hook.ts';
import { renderAftercare } from './render-aftercare.ts';

const [oldId, newId] = ['1'.repeat(40), '2'.repeat(40)];

function changedRef(name: string): RefChange {
  return { oldName: name, newName: name, oldTarget: oldId, newTarget: newId };
}

function buildProof(refs: readonly RefChange[], lfsObjects: readonly string[] = []): Proof {
  const tally = { count: 1, bytes: 1 };
  return {
    format: 'deployguard-proof/1',
    tool: { name: 'deployguard', version: '0.0.0' },
    createdAt: '2026-11-20T12:00:00.000Z',
    repository: { name: 'octo/app', objectFormat: 'sha1', refCount: refs.length, refsDigest: 'a'.repeat(64), head: 'refs/heads/main' },
    verdict: 'proven',
    coverage: 'every-object',
    checks: [],
    searched: { objects: { commit: tally, tree: tally, blob: tally, tag: tally }, files: tally, forms: [], opened: [], values: [] },
    found: { count: 0, places: [] },
    limitations: { unopenedCount: 0, unopened: [], unreachableCount: 0, notCleanable: [], lfsObjects },
    rewrite: {
      sourceRefCount: refs.length,
      sourceRefsDigest: 'b'.repeat(64),
      commitCount: 10,
      changedCommitCount: 4,
      changedObjectCount: 9,
      droppedObjectCount: 9,
      changedRefCount: refs.length,
      changedRefs: refs.map((ref) => ({ ...ref, newName: ref.newName ?? null, newTarget: ref.newTarget ?? null })),
      firstChangedCommits: [{ ref: 'refs/heads/main', commit: oldId }],
      maps: [],
    },
  };
}

const finding: AftercareOptions['findings'][number] = {
  ruleId: 'github-personal-access-token',
  title: 'GitHub personal access token (classic)',
  provider: 'GitHub',
  preview: 'ghp...9Xz',
  guidance: ['Revoke the token.', 'Issue a new one.'],
  references: ['https://github.com/settings/tokens'],
  isInHead: true,
};

function render(options: Partial<AftercareOptions> = {}): string {
  const refs = [changedRef('refs/heads/main'), changedRef('refs/pull/7/head'), changedRef('refs/pull/12/head')];
  return renderAftercare(
    buildAftercare({ url: 'https://github.com/octo/app.git', proof: buildProof(refs), refs, findings: [finding], ...options }),
  );
}

test('a host is told by its name, whatever form the URL has', () => {
  assert.deepEqual(findHost('https://user:pass@github.com/octo/app.git'), {
    kind: 'github',
    webUrl: 'https://github.com/octo/app',
    path: 'octo/app',
  });
  assert.equal(findHost('git@gitlab.example.com:group/sub/app.git').kind, 'gitlab');
  assert.equal(findHost('git@gitlab.example.com:group/sub/app.git').path, 'group/sub/app');
  assert.equal(findHost('ssh://git@bitbucket.org:22/team/app.git').webUrl, 'https://bitbucket.org/team/app');
  assert.equal(findHost('https://codeberg.org/o/r').kind, 'gitea');
  assert.equal(findHost('https://git.example.com/o/r').kind, 'other');
  assert.deepEqual(findHost(undefined), { kind: 'other' });
  assert.deepEqual(findHost('/local/path'), { kind: 'other' });
});

test('rotating stands before everything else, with the provider’s own steps', () => {
  const text = render();

  const order = [
    'Rotate the secrets',
    'ghp...9Xz',
    '1. Revoke the token.',
    '2. Issue a new one.',
    'settings/tokens',
    'Clear the host',
    'Repair every clone',
  ];
  const places = order.map((part) => text.indexOf(part));
  assert.ok(
    places.every((place) => place !== -1),
    JSON.stringify(places),
  );
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  );
});

test('a secret without steps of its own gets general ones, and kinds still in use come first', () => {
  const { guidance: _, references: __, ...plain } = { ...finding, ruleId: 'own', title: 'Own token', isInHead: false };

  const { rotations } = buildAftercare({
    proof: buildProof([]),
    refs: [],
    findings: [plain, finding, { ...finding, preview: 'ghp...111' }],
  });

  assert.deepEqual(
    rotations.map(({ title, previews }) => [title, previews]),
    [
      [finding.title, ['ghp...111', 'ghp...9Xz']],
      ['Own token', ['ghp...9Xz']],
    ],
  );
  assert.ok(rotations[1]!.steps.length >= 3);
});

test('for GitHub the request to support is filled in and the pull requests are counted', () => {
  const refs = [changedRef('refs/pull/7/head'), changedRef('refs/pull/7/merge'), changedRef('refs/pull/12/head')];
  const { supportRequest, facts } = buildAftercare({
    url: 'git@github.com:octo/app.git',
    proof: buildProof(refs, ['f'.repeat(64)]),
    refs: [...refs, { ...changedRef('refs/pull/13/head'), newTarget: oldId }],
    findings: [],
  });

  assert.deepEqual(facts.affectedRequests, [7, 12]);
  for (const part of ['Repository: octo/app', 'Affected pull requests: 2', oldId, 'f'.repeat(64)])
    assert.ok(supportRequest!.includes(part), part);
});

test('for GitLab the parts of the commit map are named, and for a server of one’s own the commands', () => {
  const gitlab = render({ url: 'https://gitlab.com/g/app', commitMapParts: ['commit-map-1.txt', 'commit-map-2.txt'] });
  const other = render({ url: 'ssh://git@git.example.com/app' });

  assert.match(gitlab, /commit-map-1\.txt, commit-map-2\.txt/);
  assert.match(gitlab, /https:\/\/gitlab\.com\/g\/app\/-\/settings\/repository/);
  assert.match(other, /git prune --expire=now/);
  assert.doesNotMatch(other, /support/i);
});

test('what the push left is listed with the reason', () => {
  const text = render({
    pushed: [
      { name: 'refs/heads/a', status: 'moved', reason: 'someone pushed' },
      { name: 'refs/heads/b', status: 'updated' },
    ],
  });

  assert.match(text, /refs\/heads\/a: someone pushed/);
  assert.doesNotMatch(text, /refs\/heads\/b:/);
});

test('names cannot break out of the text or of a command', () => {
  const name = 'refs/heads/x`$(id)`\'"<script>';
  const refs = [changedRef(name)];

  const { cloneSteps } = buildAftercare({ proof: buildProof(refs), refs, findings: [] });
  const text = render({ proof: buildProof(refs), pushed: [{ name, status: 'moved', reason: '[click](http://x)' }] });

  const rebase = cloneSteps.flatMap(({ commands = [] }) => commands).find((command) => command.startsWith('git rebase'))!;
  const printed = execFileSync('sh', ['-c', `printf '%s\\n' ${rebase.slice('git rebase --onto '.length)}`], { encoding: 'utf8' });
  assert.equal(printed, `origin/${name.slice(11)}\n${oldId}\n${name.slice(11)}\n`);
  assert.ok(!text.replaceAll(/`{3,}[^]*?`{3,}/g, '').includes('<script>'));
  assert.ok(text.includes('\\[click\\]'));
});

test('the hook refuses the old history, however it comes, and lets the new one in', async () => {
  await using old = createTestRepository();
  await using server = createTestRepository({ bare: true });
  old.commit({ files: { a: 'a' }, message: 'Begin\n' });
  const base = old.resolveRef('HEAD');
  const dirty = old.commit({ files: { a: 'secret' } });
  old.commit({ files: { b: 'later' } });
  const clean = old.commit({ files: { a: 'removed' }, branch: 'refs/heads/clean', parents: [base] });
  mkdirSync(join(server.gitDir, 'hooks'), { recursive: true });
  writeFileSync(join(server.gitDir, 'hooks/pre-receive'), buildPreReceiveHook([dirty]));
  chmodSync(join(server.gitDir, 'hooks/pre-receive'), 0o755);
  const merge = old.commit({ branch: 'refs/heads/merge', parents: [clean, old.resolveRef('refs/heads/main')] });
  const push = async (refspec: string): Promise<string> => await old.git(['push', '-q', server.gitDir, refspec]);

  await push(`${clean}:refs/heads/main`);
  await assert.rejects(push('refs/heads/main:refs/heads/old'), /before secrets were removed/);
  await assert.rejects(push(`${merge}:refs/heads/main`), /before secrets were removed/);
  await push(`${old.commit({ files: { c: 'c' }, parents: [clean], branch: 'refs/heads/more' })}:refs/heads/more`);
  await push(':refs/heads/more');

  assert.equal(server.resolveRef('refs/heads/main'), clean);
});

test('the steps for a clone keep one’s own work and lose the old history', async () => {
  await using published = createTestRepository({ bare: true });
  await using clone = createTestRepository();
  const base = published.commit({ files: { a: 'a' }, message: 'Begin\n' });
  const oldMain = published.commit({ files: { key: 'secret' } });
  await clone.git(['remote', 'add', 'origin', published.gitDir]);
  await clone.git(['fetch', '-q', 'origin']);
  await clone.git(['checkout', '-q', '-b', 'main', 'origin/main']);
  writeFileSync(join(clone.path, 'mine'), 'my work');
  await clone.git(['add', 'mine']);
  await clone.git(['commit', '-qm', 'My work']);
  const newMain = published.commit({ files: { key: 'removed' }, parents: [base] });
  const refs = [{ ...changedRef('refs/heads/main'), oldTarget: oldMain, newTarget: newMain }];

  const { cloneSteps } = buildAftercare({ proof: buildProof(refs), refs, findings: [] });
  const commands = cloneSteps.slice(0, -1).flatMap((step) => step.commands ?? []);
  execFileSync('sh', ['-ec', commands.join('\n')], {
    cwd: clone.path,
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: clone.path,
      GIT_COMMITTER_NAME: 'Ada',
      GIT_COMMITTER_EMAIL: 'ada@example.com',
      GIT_AUTHOR_NAME: 'Ada',
      GIT_AUTHOR_EMAIL: 'ada@example.com',
    },
    stdio: 'pipe',
  });

  assert.equal(await clone.git(['log', '--format=%s', 'main']), 'My work\nChange files\nBegin\n');
  assert.equal((await clone.git(['rev-parse', 'main~1'])).trim(), newMain);
  await assert.rejects(clone.git(['cat-file', '-e', oldMain]));
});

test('a commit map is split into parts that together are the whole', async () => {
  using directory = createTemporaryDirectory();
  const lines = [...Array(7).keys()].map((i) => `${oldId} ${i}\n`);
  writeFileSync(join(directory.path, 'commit-map'), lines.join(''));

  const names = await writeCommitMapParts(directory.path, 3);

  assert.deepEqual(names, ['commit-map-1.txt', 'commit-map-2.txt', 'commit-map-3.txt']);
  assert.equal(names.map((name) => readFileSync(join(directory.path, name), 'utf8')).join(''), lines.join(''));
  writeFileSync(join(directory.path, 'commit-map'), '');
  assert.deepEqual(await writeCommitMapParts(directory.path), []);
});
