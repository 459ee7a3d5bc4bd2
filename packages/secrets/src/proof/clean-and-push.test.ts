import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { createEgressPolicy } from '@deployguard/egress';
import { openLocalRepository, pushRepository } from '@deployguard/git';
import { buildToken, createTemporaryDirectory, createTestRepository, startTestGitServer } from '@deployguard/testkit';
import { buildAftercare } from '../remediate/aftercare.ts';
import { writeCommitMapParts } from '../remediate/commit-map-parts.ts';
import { renderAftercare } from '../remediate/render-aftercare.ts';
import { rewriteRepository } from '../rewrite/rewrite-repository.ts';
import { cleanedLayoutAt, defaultCleanedPath } from './cleaned-layout.ts';
import { findNewestProven } from './find-newest-proven.ts';
import { provePushed } from './prove-pushed.ts';
import { proveRepository } from './prove-repository.ts';
import { saveProof } from './save-proof.ts';
import { signProof } from './sign-proof.ts';
import { createSigningKey } from './signing-key.ts';

const token = buildToken({ prefix: 'tk', length: 24 });

test('a history is cleaned, proven, signed, found again, pushed over https, and proven there', async () => {
  using work = createTemporaryDirectory('deployguard-proof-');
  const workDirectory = join(work.path, 'work');
  await using repository = createTestRepository({ bare: true });
  repository.commit({ files: { 'README.md': 'Hello\n' }, message: 'Begin\n' });
  const clean = repository.resolveRef('refs/heads/main');
  repository.commit({ files: { '.env': `KEY=${token}\n` }, message: 'Configure\n' });
  const dirty = repository.commit({ files: { 'a.ts': 'a\n' }, message: `Use ${token}\n` });
  repository.tag('v1', { target: dirty, message: 'First\n' });
  repository.updateRef('refs/heads/untouched', clean);
  repository.updateRef('refs/pull/3/head', dirty);
  const key = createSigningKey();
  const values = [{ value: token, replacement: '***REMOVED***', hash: 'f'.repeat(64) }];
  const common = { name: 'octo/app', tool: { name: 'deployguard', version: '0.0.0' }, now: new Date(0), values, workDirectory };

  // Clean and prove.
  await using source = await openLocalRepository(repository.gitDir, { workDirectory });
  const layout = cleanedLayoutAt(defaultCleanedPath(join(work.path, 'app')));
  const rewrite = await rewriteRepository(source, { values, outputDirectory: layout.repository });
  const proof = await proveRepository(layout.repository, { ...common, facts: { source, rewrite }, mapsDirectory: layout.maps });
  await saveProof(layout.proof, signProof(proof, key));
  const { result } = await findNewestProven(join(work.path, 'app'), { trustedKeys: [key.publicKey], workDirectory });
  assert.equal(result?.layout.repository, layout.repository, JSON.stringify(proof.checks));

  // Push to the host that has the old history, and look at what it serves then.
  await using server = await startTestGitServer({ root: dirname(repository.gitDir), credentials: 'user:pass-word' });
  const url = `${server.url}/${basename(repository.gitDir)}`;
  const transfer = {
    policy: createEgressPolicy({ allowPrivate: true }),
    caFile: server.caFile,
    credentials: { username: 'user', password: 'pass-word' },
  };
  const pushed = await pushRepository(layout.repository, url, {
    ...transfer,
    workDirectory,
    force: true,
    expectedTargets: new Map(source.refs.map(({ name, target }) => [name, target])),
  });
  const oldCommits = new Set([...rewrite.objects.entries()].filter(({ type }) => type === 'commit').map(({ oldOid }) => oldOid));
  const served = await provePushed(url, {
    ...common,
    clone: transfer,
    pushedRefs: pushed.refs.filter(({ status }) => status !== 'withheld').map(({ name, target }) => ({ name, target: target! })),
    isOldCommit: (oid) => oldCommits.has(oid),
  });

  assert.deepEqual(Object.fromEntries(pushed.refs.map(({ name, status }) => [name, status])), {
    'refs/heads/main': 'updated',
    'refs/heads/untouched': 'unchanged',
    'refs/pull/3/head': 'withheld',
    'refs/tags/v1': 'updated',
  });
  assert.equal(served.proof.verdict, 'proven', JSON.stringify(served.proof.checks));
  assert.deepEqual(
    served.remoteRefs.map(({ name, leadsToOldHistory }) => [name, leadsToOldHistory]),
    [['refs/pull/3/head', true]],
  );

  // What people are told, and what is written down, never holds the value.
  const commitMapParts = await writeCommitMapParts(layout.maps);
  const text = renderAftercare(
    buildAftercare({ url: 'https://github.com/octo/app', proof, refs: rewrite.refs, findings: [], pushed: pushed.refs, commitMapParts }),
  );
  assert.match(text, /One pull request holds the old history \(#3\)/);
  const written = [layout.proof, join(layout.maps, 'ref-map'), join(layout.maps, 'commit-map')].map((path) => readFileSync(path, 'utf8'));
  for (const content of [text, JSON.stringify([proof, served]), ...written]) assert.ok(!content.includes(token));
});
