import assert from 'node:assert/strict';
import { basename, dirname } from 'node:path';
import { after, test } from 'node:test';
import { createEgressPolicy } from '@deployguard/egress';
import { buildToken, createTemporaryDirectory, createTestRepository, startTestGitServer } from '@deployguard/testkit';
import type { TestRepository } from '@deployguard/testkit';
import { provePushed } from './prove-pushed.ts';
import type { PushedProof } from './prove-pushed.ts';

const work = createTemporaryDirectory('deployguard-proof-');
after(() => work.dispose());

const token = buildToken({ prefix: 'tk', length: 24 });

interface Remote extends AsyncDisposable {
  readonly repository: TestRepository;
  readonly oldCommit: string;
  prove(url?: string, clone?: Parameters<typeof provePushed>[1]['clone']): Promise<PushedProof>;
}

/** A host after the push: new branch and tag, and pull requests of its own, one of which has the old history. */
function createRemote(): Remote {
  const repository = createTestRepository({ bare: true });
  const base = repository.commit({ files: { a: 'a' }, message: 'Begin\n' });
  const oldCommit = repository.commit({ files: { key: token }, branch: undefined, parents: [base] });
  const descendant = repository.commit({ files: { b: 'b' }, branch: undefined, parents: [oldCommit] });
  repository.commit({ files: { key: 'removed' } });
  repository.tag('v1', { target: base, message: 'One\n' });
  repository.updateRef('refs/pull/1/head', descendant);
  repository.updateRef('refs/pull/2/head', base);
  const tag = repository.tag('unpushed', { target: descendant, message: 'Old\n' });
  repository.updateRef('refs/tags/unpushed', undefined);
  repository.updateRef('refs/keep-around/x', tag);
  const pushedRefs = ['refs/heads/main', 'refs/tags/v1'].map((name) => ({ name, target: repository.resolveRef(name) }));
  return {
    repository,
    oldCommit,
    prove: async (url = repository.gitDir, clone = { allowFile: true }) =>
      await provePushed(url, {
        name: 'octo/app',
        tool: { name: 'deployguard', version: '0.0.0' },
        now: new Date(0),
        values: [{ value: token, hash: 'f'.repeat(64) }],
        workDirectory: work.path,
        clone,
        pushedRefs,
        isOldCommit: (oid) => oid === oldCommit,
      }),
    [Symbol.asyncDispose]: repository.dispose,
  };
}

test('what was pushed is proven from a fresh clone, and refs with the old history that the host keeps are named', async () => {
  await using remote = createRemote();

  const { proof, remoteRefs } = await remote.prove();

  assert.equal(proof.verdict, 'proven', JSON.stringify([proof.checks, proof.found]));
  assert.equal(proof.repository.refCount, 2);
  assert.deepEqual(
    remoteRefs.map(({ name, leadsToOldHistory }) => [name, leadsToOldHistory]),
    [
      ['refs/keep-around/x', true],
      ['refs/pull/1/head', true],
      ['refs/pull/2/head', false],
    ],
  );
});

test('a value that is still served fails the proof', async () => {
  await using remote = createRemote();
  remote.repository.updateRef('refs/heads/main', remote.oldCommit);

  const { proof } = await remote.prove();

  const failed = proof.checks.filter(({ passed }) => !passed).map(({ name }) => name);
  assert.deepEqual(failed, ['no-value-found', 'pushed-refs-served']);
});

test('a ref that is not served fails the proof', async () => {
  await using remote = createRemote();
  remote.repository.updateRef('refs/tags/v1', undefined);

  const { proof } = await remote.prove();

  assert.deepEqual(
    proof.checks.filter(({ passed }) => !passed).map(({ name }) => name),
    ['pushed-refs-served'],
  );
});

test('the same over https', async () => {
  await using remote = createRemote();
  await using server = await startTestGitServer({ root: dirname(remote.repository.gitDir), credentials: 'user:pass-word' });

  const { proof, remoteRefs } = await remote.prove(`${server.url}/${basename(remote.repository.gitDir)}`, {
    caFile: server.caFile,
    policy: createEgressPolicy({ allowPrivate: true }),
    credentials: { username: 'user', password: 'pass-word' },
  });

  assert.equal(proof.verdict, 'proven', JSON.stringify(proof.checks));
  assert.equal(remoteRefs.length, 3);
});
