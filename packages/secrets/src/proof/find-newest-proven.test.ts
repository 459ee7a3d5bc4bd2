import assert from 'node:assert/strict';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { buildToken, createTemporaryDirectory, createTestRepository } from '@deployguard/testkit';
import { cleanedLayoutAt, defaultCleanedPath, findCleanedNumber } from './cleaned-layout.ts';
import { findNewestProven, loadProven } from './find-newest-proven.ts';
import { proveRepository } from './prove-repository.ts';
import { saveProof } from './save-proof.ts';
import { signProof } from './sign-proof.ts';
import { createSigningKey } from './signing-key.ts';

const work = createTemporaryDirectory('deployguard-proof-');
after(() => work.dispose());

const key = createSigningKey();
const options = { trustedKeys: [key.publicKey], workDirectory: join(work.path, 'work') };
const token = buildToken({ prefix: 'tk', length: 24 });

/** Delivers a repository beside `source` as `clean` would. */
async function deliver(source: string, number: number, minute: number, content = 'clean\n', signer = key): Promise<string> {
  await using repository = createTestRepository({ bare: true });
  repository.commit({ files: { 'a.txt': content } });
  const path = defaultCleanedPath(source, number);
  cpSync(repository.gitDir, path, { recursive: true });
  const proof = await proveRepository(path, {
    name: 'app',
    tool: { name: 'deployguard', version: '0.0.0' },
    now: new Date(minute * 60_000),
    values: [{ value: token, hash: 'f'.repeat(64) }],
    workDirectory: options.workDirectory,
  });
  await saveProof(cleanedLayoutAt(path).proof, signProof(proof, signer));
  return path;
}

function createSource(name: string): string {
  const source = join(work.path, name, 'app');
  mkdirSync(source, { recursive: true });
  return source;
}

test('results stand beside their source, whatever form the source has', () => {
  for (const source of ['/r/app', '/r/app/', '/r/app/.git']) {
    assert.equal(defaultCleanedPath(source), '/r/app.cleaned.git');
    assert.equal(defaultCleanedPath(source, 2), '/r/app.cleaned-2.git');
    assert.equal(findCleanedNumber(source, 'app.cleaned.git'), 1);
    assert.equal(findCleanedNumber(source, 'app.cleaned-12.git'), 12);
    for (const other of [
      'app.git',
      'app.cleaned',
      'app.cleaned-1.git',
      'app.cleaned-02.git',
      'xapp.cleaned.git',
      'app.cleaned.git.tmp-1',
    ]) {
      assert.equal(findCleanedNumber(source, other), undefined, other);
    }
  }
});

test('a folder, a bare repository and a bundle of one name have results and proofs of their own', () => {
  for (const name of ['app.git', 'app.bundle']) {
    assert.equal(defaultCleanedPath(`/r/${name}`, 2), `/r/${name}.cleaned-2.git`);
    assert.equal(findCleanedNumber(`/r/${name}`, `${name}.cleaned.git`), 1);
    assert.equal(findCleanedNumber(`/r/${name}`, 'app.cleaned.git'), undefined);
    assert.equal(findCleanedNumber('/r/app', `${name}.cleaned.git`), undefined);
  }

  assert.equal(cleanedLayoutAt('/r/app.cleaned.git').proof, '/r/app.cleaned.proof.json');
  assert.equal(cleanedLayoutAt('/r/app.git.cleaned-2.git').proof, '/r/app.git.cleaned-2.proof.json');
  assert.equal(cleanedLayoutAt('/r/mine.git').proof, '/r/mine.git.proof.json');
  assert.equal(cleanedLayoutAt('/r/mine').proof, '/r/mine.proof.json');
});

test('the newest proven result is found by the time in its proof', async () => {
  const source = createSource('newest');
  await deliver(source, 1, 20);
  await deliver(source, 2, 10);

  const { result, refused } = await findNewestProven(source, options);

  assert.equal(result!.layout.repository, defaultCleanedPath(source, 1));
  assert.deepEqual(refused, []);
});

test('results whose proof is absent, failed, foreign or outdated are refused with the reason', async () => {
  const source = createSource('refused');
  const good = await deliver(source, 1, 1);
  const unfinished = await deliver(source, 2, 2);
  rmSync(cleanedLayoutAt(unfinished).proof);
  const failed = await deliver(source, 3, 3, `${token}\n`);
  const foreign = await deliver(source, 4, 4, 'clean\n', createSigningKey());
  const changed = await deliver(source, 5, 5);
  writeFileSync(join(changed, 'refs/heads/other'), `${'1'.repeat(40)}\n`);
  rmSync(join(changed, 'refs/heads/main'));
  const garbled = await deliver(source, 6, 6);
  writeFileSync(cleanedLayoutAt(garbled).proof, '{');

  const { result, refused } = await findNewestProven(source, options);

  assert.equal(result!.layout.repository, good);
  const reasons = new Map(refused.map(({ path, why }) => [path, why]));
  assert.match(reasons.get(unfinished)!, /no proof/);
  assert.match(reasons.get(failed)!, /no-value-found/);
  assert.match(reasons.get(foreign)!, /not signed by a trusted key/);
  assert.match(reasons.get(changed)!, /refs were changed/);
  assert.match(reasons.get(garbled)!, /not JSON/);
});

test('where nothing was cleaned nothing is found', async () => {
  assert.deepEqual(await findNewestProven(createSource('none'), options), { result: undefined, refused: [] });
  await assert.rejects(loadProven(join(work.path, 'nothing.git'), options), { code: 'NOT_PROVEN' });
});
