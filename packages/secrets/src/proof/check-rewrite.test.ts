import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openLocalRepository } from '@deployguard/git';
import type { ObjectType } from '@deployguard/git';
import { buildToken, createTemporaryDirectory, createTestRepository } from '@deployguard/testkit';
import type { TestRepository } from '@deployguard/testkit';
import { ObjectMap } from '../rewrite/object-map.ts';
import type { RefChange, RewriteResult } from '../rewrite/rewrite-result.ts';
import type { Proof } from './proof.ts';
import { proveRepository } from './prove-repository.ts';

const work = createTemporaryDirectory('deployguard-proof-');
after(() => work.dispose());

const token = buildToken({ prefix: 'tk', length: 24 });

/** Four commits of which the last three must change. */
function buildHistory(repository: TestRepository, value: string): void {
  repository.commit({ files: { 'README.md': 'Hello\n' }, message: 'Begin\n' });
  repository.tag('clean', { target: repository.resolveRef('refs/heads/main') });
  repository.commit({ files: { 'config.ini': `key = ${value}\n` }, message: 'Configure\n' });
  repository.tag('v1', { target: repository.resolveRef('refs/heads/main'), message: 'First\n' });
  repository.commit({ files: { 'config.ini': undefined, 'src/a.ts': 'a\n' }, message: `Remove ${value}\n` });
  repository.commit({ files: { 'src/b.ts': 'b\n' }, message: 'Go on\n' });
}

interface Cleaned extends AsyncDisposable {
  readonly source: TestRepository;
  readonly cleaned: TestRepository;
  readonly rewrite: RewriteResult;
}

/** Makes the same history with the token and with its replacement, and pairs the objects as a rewriter would report them. */
async function createCleaned(): Promise<Cleaned> {
  const source = createTestRepository({ bare: true });
  const cleaned = createTestRepository({ bare: true });
  buildHistory(source, token);
  buildHistory(cleaned, '***REMOVED***');
  const oldIds = await listObjects(source);
  const newIds = await listObjects(cleaned);
  const objects = new ObjectMap('sha1');
  for (const [index, { oid, type }] of oldIds.entries()) {
    const image = newIds[index]!;
    assert.equal(image.type, type);
    if (image.oid !== oid) objects.set(type, Buffer.from(oid, 'hex'), Buffer.from(image.oid, 'hex'));
  }
  await cleaned.pack();
  const dropped = [...objects.entries()].map(({ oldOid }) => oldOid);
  const refs = ['refs/heads/main', 'refs/tags/clean', 'refs/tags/v1'].map((name): RefChange => {
    const target = source.resolveRef(name);
    return { oldName: name, newName: name, oldTarget: target, newTarget: objects.get(target) ?? target };
  });
  return {
    source,
    cleaned,
    rewrite: {
      gitDir: cleaned.gitDir,
      objectFormat: 'sha1',
      objects,
      droppedObjects: Object.assign(dropped, {
        size: dropped.length,
        has: (oid: string) => dropped.includes(oid),
        hasId: (ids: Uint8Array, offset: number) => dropped.includes(Buffer.from(ids.subarray(offset, offset + 20)).toString('hex')),
      }),
      objectCount: newIds.length,
      refs,
      head: 'refs/heads/main',
      commitCount: 4,
      changedCommitCount: 3,
      firstChangedCommits: [{ ref: 'refs/heads/main', commit: oldIds.filter(({ type }) => type === 'commit').at(-2)!.oid }],
      notCleanable: [],
      lfsObjects: [],
      collisions: [],
    },
    async [Symbol.asyncDispose]() {
      await source.dispose();
      await cleaned.dispose();
    },
  };
}

async function listObjects(repository: TestRepository): Promise<{ oid: string; type: ObjectType }[]> {
  const oids = await repository.git(['rev-list', '--objects', '--all', '--in-commit-order', '--no-object-names']);
  const lines = await repository.git(['cat-file', '--batch-check=%(objectname) %(objecttype)'], { stdin: oids });
  return lines
    .trim()
    .split('\n')
    .map((line) => ({ oid: line.split(' ')[0]!, type: line.split(' ')[1] as ObjectType }));
}

async function prove({ source, cleaned, rewrite }: Cleaned, mapsDirectory?: string): Promise<Proof> {
  await using opened = await openLocalRepository(source.gitDir, { workDirectory: work.path });
  return await proveRepository(cleaned.gitDir, {
    name: 'example/app',
    tool: { name: 'deployguard', version: '0.0.0' },
    now: new Date(0),
    values: [{ value: token, hash: 'f'.repeat(64) }],
    workDirectory: work.path,
    facts: { source: opened, rewrite },
    ...(mapsDirectory !== undefined && { mapsDirectory }),
  });
}

function failedChecks(proof: Proof): string[] {
  return proof.checks.filter(({ passed }) => !passed).map(({ name }) => name);
}

function changeRef(cleaned: Cleaned, name: string, change: Partial<RefChange>): Cleaned {
  const refs = cleaned.rewrite.refs.map((ref) => (ref.oldName === name ? { ...ref, ...change } : ref));
  return { ...cleaned, rewrite: { ...cleaned.rewrite, refs } };
}

test('a complete cleaning is proven, with maps that list what became what', async () => {
  await using result = await createCleaned();
  const mapsDirectory = join(work.path, 'maps');

  const proof = await prove(result, mapsDirectory);

  assert.equal(proof.verdict, 'proven', JSON.stringify(proof.checks));
  assert.deepEqual(
    proof.rewrite!.changedRefs.map(({ oldName }) => oldName),
    ['refs/heads/main', 'refs/tags/v1'],
  );
  const commitMap = readFileSync(join(mapsDirectory, 'commit-map'), 'latin1');
  assert.match(commitMap, /^(?:[0-9a-f]{40} [0-9a-f]{40}\n){3}$/);
  const { lines, sha256 } = proof.rewrite!.maps.find(({ name }) => name === 'commit-map')!;
  assert.equal(lines, 3);
  assert.equal(sha256, createHash('sha256').update(commitMap).digest('hex'));
  const refMap = readFileSync(join(mapsDirectory, 'ref-map'), 'latin1').trim().split('\n');
  assert.deepEqual(
    refMap.map((line) => line.split(' ')[2]),
    ['refs/heads/main', 'refs/tags/clean', 'refs/tags/v1'],
  );
});

test('an old object that is still there fails the proof even when no ref reaches it', async () => {
  await using result = await createCleaned();
  // A commit object without the value itself, but with the way to it.
  const tip = await result.source.git(['cat-file', 'commit', 'refs/heads/main']);
  result.cleaned.writeObject('commit', tip);

  const proof = await prove(result);

  assert.deepEqual(failedChecks(proof), ['dropped-objects-missing']);
});

test('a ref that leads to the old commit fails the proof', async () => {
  await using result = await createCleaned();
  await result.cleaned.git(['fetch', '-q', result.source.gitDir, '+refs/tags/v1:refs/tags/v1']);
  rmFetchHead(result.cleaned);

  const proof = await prove(result);

  assert.ok(
    ['no-value-found', 'dropped-objects-missing', 'refs-accounted', 'commits-kept'].every((name) => failedChecks(proof).includes(name)),
  );
});

test('a ref that was lost, added, or leads elsewhere fails the proof', async () => {
  await using lost = await createCleaned();
  await lost.cleaned.git(['update-ref', '-d', 'refs/tags/clean']);
  await using added = await createCleaned();
  added.cleaned.updateRef('refs/heads/extra', added.cleaned.resolveRef('refs/heads/main'));
  await using moved = await createCleaned();
  await moved.cleaned.git(['update-ref', 'refs/heads/main', 'refs/heads/main~1']);
  await using unaccounted = await createCleaned();
  const missing = { ...unaccounted, rewrite: { ...unaccounted.rewrite, refs: unaccounted.rewrite.refs.slice(1) } };

  const { newName: _, newTarget: __, ...given } = lost.rewrite.refs.find(({ oldName }) => oldName === 'refs/tags/clean')!;
  const admitted = {
    ...lost,
    rewrite: { ...lost.rewrite, refs: lost.rewrite.refs.map((ref) => (ref.oldName === given.oldName ? given : ref)) },
  };

  assert.ok(failedChecks(await prove(lost)).includes('refs-accounted'));
  assert.ok(failedChecks(await prove(admitted)).includes('refs-accounted'));
  assert.ok(failedChecks(await prove(added)).includes('refs-accounted'));
  assert.ok(failedChecks(await prove(moved)).includes('refs-accounted'));
  assert.ok(failedChecks(await prove(missing)).includes('refs-accounted'));
});

test('an untouched ref that got another id fails the proof', async () => {
  await using result = await createCleaned();
  const other = result.cleaned.commit({ message: 'Another\n', branch: undefined, parents: [] });
  result.cleaned.updateRef('refs/tags/clean', other);

  const proof = await prove(changeRef(result, 'refs/tags/clean', { newTarget: other }));

  assert.ok(failedChecks(proof).includes('refs-accounted'));
});

test('a renamed ref is accounted for, and its old name is masked when it holds a value', async () => {
  await using result = await createCleaned();
  const oldName = `refs/heads/fix-${token}`;
  const target = result.source.resolveRef('refs/tags/clean');
  result.source.updateRef(oldName, target);
  result.cleaned.updateRef('refs/heads/fix-REMOVED', target);
  const refs = [...result.rewrite.refs, { oldName, newName: 'refs/heads/fix-REMOVED', oldTarget: target, newTarget: target }];

  const proof = await prove({ ...result, rewrite: { ...result.rewrite, refs } });

  assert.equal(proof.verdict, 'proven', JSON.stringify(proof.checks));
  assert.ok(!JSON.stringify(proof).includes(token));
});

test('commits that were lost or invented fail the proof', async () => {
  await using result = await createCleaned();
  const invented = result.cleaned.commit({ message: 'Invented\n' });

  const proof = await prove(changeRef(result, 'refs/heads/main', { newTarget: invented }));

  assert.ok(failedChecks(proof).includes('commits-kept'));
});

test('another HEAD fails the proof', async () => {
  await using result = await createCleaned();
  writeFileSync(join(result.cleaned.gitDir, 'HEAD'), 'ref: refs/heads/other\n');

  assert.ok(failedChecks(await prove(result)).includes('head-kept'));
});

test('files that a repository written afresh does not have fail the proof', async () => {
  const leftOvers: Record<string, (gitDir: string) => void> = {
    ORIG_HEAD: (gitDir) => writeFileSync(join(gitDir, 'ORIG_HEAD'), `${'0'.repeat(40)}\n`),
    reflog: (gitDir) => {
      mkdirSync(join(gitDir, 'logs/refs/heads'), { recursive: true });
      writeFileSync(join(gitDir, 'logs/refs/heads/main'), '');
    },
    hook: (gitDir) => {
      mkdirSync(join(gitDir, 'hooks'), { recursive: true });
      writeFileSync(join(gitDir, 'hooks/post-checkout'), '#!/bin/sh\n');
    },
    'kept pack': (gitDir) => writeFileSync(join(gitDir, 'objects/pack/pack-1.keep'), ''),
    index: (gitDir) => writeFileSync(join(gitDir, 'index'), 'DIRC'),
  };
  for (const [name, plant] of Object.entries(leftOvers)) {
    await using result = await createCleaned();
    plant(result.cleaned.gitDir);

    assert.deepEqual(failedChecks(await prove(result)), ['no-left-overs'], name);
  }
});

test('a cleaning that only removed paths is proven by its refs, commits and dropped objects', async () => {
  await using result = await createCleaned();
  await using source = await openLocalRepository(result.source.gitDir, { workDirectory: work.path });
  const options = {
    name: 'example/app',
    tool: { name: 'deployguard', version: '0.0.0' },
    now: new Date(0),
    values: [],
    workDirectory: work.path,
    facts: { source, rewrite: result.rewrite },
  };

  const complete = await proveRepository(result.cleaned.gitDir, options);
  result.cleaned.writeBlob(`key = ${token}\n`);
  const incomplete = await proveRepository(result.cleaned.gitDir, options);

  assert.equal(complete.verdict, 'proven', JSON.stringify(complete.checks));
  assert.deepEqual(failedChecks(incomplete), ['dropped-objects-missing']);
});

function rmFetchHead(repository: TestRepository): void {
  writeFileSync(join(repository.gitDir, 'FETCH_HEAD'), '');
}
