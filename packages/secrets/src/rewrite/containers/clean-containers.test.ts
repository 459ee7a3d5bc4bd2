import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { openLocalRepository } from '@deployguard/git';
import { buildToken, createTemporaryDirectory, createTestRepository } from '@deployguard/testkit';
import type { TestRepository } from '@deployguard/testkit';
import type { Proof } from '../../proof/proof.ts';
import { proveRepository } from '../../proof/prove-repository.ts';
import { rewriteRepository } from '../rewrite-repository.ts';
import type { RewriteOptions } from '../rewrite-repository.ts';
import type { RewriteResult } from '../rewrite-result.ts';
import { runGit } from '../rewrite-test-repository.ts';
import { runPython } from './test-python.ts';

const work = createTemporaryDirectory('deployguard-containers-');
after(() => work.dispose());

const token = buildToken({ prefix: 'tk', length: 22 });

const forms: readonly ((value: string) => Buffer)[] = [
  (value) => Buffer.from(`key = ${value}\n`),
  (value) => Buffer.from(`\ufeffkey = ${value}\r\n`, 'utf16le'),
  (value) => Buffer.from(`auth: ${Buffer.from(`user:${value}`).toString('base64')}\n`),
  (value) => Buffer.from(`${'x'.repeat(70_000)} ${Buffer.from(value).toString('hex')}\n`),
];

const archive = (body: string): ((content: Buffer) => Buffer) => {
  return (content) => runPython(`out = io.BytesIO()\n${body}\ngive(out.getvalue())`, content);
};
const zip = (method: string): ((content: Buffer) => Buffer) =>
  archive(`with zipfile.ZipFile(out, 'w', zipfile.${method}) as z: z.writestr('a/b.txt', data); z.writestr('c.txt', 'clean')`);
const tar = (mode: string): ((content: Buffer) => Buffer) =>
  archive(
    `t = tarfile.open(fileobj=out, mode='${mode}'); i = tarfile.TarInfo('a/b'); i.size = len(data); t.addfile(i, io.BytesIO(data)); t.close()`,
  );

const containers: Readonly<Record<string, (content: Buffer) => Buffer>> = {
  gzip: (content) => gzipSync(content),
  zlib: (content) => deflateSync(content),
  zstd: (content) => zstdCompressSync(content),
  'zstd frames with notes': (content) => {
    const note = Buffer.from('502a4d1804000000aabbccdd', 'hex');
    return Buffer.concat([note, zstdCompressSync('nothing'), note, zstdCompressSync(content), note]);
  },
  'gzip members': (content) => Buffer.concat([gzipSync('nothing'), gzipSync(content)]),
  'stored zip': zip('ZIP_STORED'),
  'deflated zip': zip('ZIP_DEFLATED'),
  tar: tar('w'),
  'tar.gz': tar('w:gz'),
  'zip in tar.gz': (content) => tar('w:gz')(zip('ZIP_DEFLATED')(content)),
  'gzip in stored zip in deflated zip': (content) => zip('ZIP_DEFLATED')(zip('ZIP_STORED')(gzipSync(content))),
};

async function cleanAndProve(repository: TestRepository, engine: RewriteOptions['engine'] & string): Promise<[RewriteResult, Proof]> {
  const outputDirectory = `${repository.gitDir}.${engine}`;
  const values = [{ value: token, replacement: '***REMOVED***', hash: 'f'.repeat(64) }];
  await using source = await openLocalRepository(repository.gitDir, { workDirectory: work.path });
  const rewrite = await rewriteRepository(source, { values, outputDirectory, engine });
  const proof = await proveRepository(outputDirectory, {
    name: 'example/app',
    tool: { name: 'deployguard', version: '0.0.0' },
    now: new Date(0),
    values,
    workDirectory: work.path,
    facts: { source, rewrite },
  });
  return [rewrite, proof];
}

test('a history whose containers hold the value in every form is cleaned and proven, the same whichever way it is read', async () => {
  await using repository = createTestRepository({ bare: true });
  for (const [turn, [name, pack]] of Object.entries(containers).entries()) {
    // Two of the forms each, in turn: writers take longer to start than everything else.
    const written = [forms[0]!, forms[1 + (turn % (forms.length - 1))]!];
    const files = written.map((write, index) => [`${name}/${index}`, pack(write(token))] as const);
    repository.commit({ files: { 'README.md': `${name}\n`, ...Object.fromEntries(files) } });
  }
  await repository.pack();

  const [whole] = await cleanAndProve(repository, 'whole');
  const [rewrite, proof] = await cleanAndProve(repository, 'auto');

  assert.equal(proof.verdict, 'proven', JSON.stringify([proof.checks.filter(({ passed }) => !passed), proof.found]));
  assert.deepEqual(rewrite.notCleanable, []);
  assert.equal(proof.limitations.unopenedCount, 0, JSON.stringify(proof.limitations.unopened));
  assert.deepEqual(
    whole.refs.map(({ newTarget }) => newTarget),
    rewrite.refs.map(({ newTarget }) => newTarget),
  );
});

test('an archive that is too large to be read at once is opened all the same', async () => {
  await using repository = createTestRepository({ bare: true });
  const large = tar('w')(Buffer.concat([Buffer.alloc(33 * 1024 * 1024, 'abc\n'), Buffer.from(token)]));
  repository.commit({ files: { 'large.tar': large, 'large.gz': Buffer.concat([gzipSync(token), Buffer.alloc(33 * 1024 * 1024)]) } });

  const [rewrite, proof] = await cleanAndProve(repository, 'auto');

  assert.equal(proof.verdict, 'proven', JSON.stringify([proof.checks.filter(({ passed }) => !passed), proof.found]));
  assert.deepEqual(rewrite.notCleanable, []);
  const sizes = runPython(
    `give([i.size for i in tarfile.open(fileobj=io.BytesIO(data))])`,
    runGit(rewrite.gitDir, ['show', 'main:large.tar']),
  );
  assert.equal(sizes.toString(), `[${33 * 1024 * 1024 + '***REMOVED***'.length}]`);
});

test('a signed archive is told with its path, and the history is proven', async () => {
  await using repository = createTestRepository({ bare: true });
  const jar = archive(`
with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z: z.writestr('META-INF/ME.SF', 'x'); z.writestr('a.properties', data)`);
  repository.commit({ files: { 'lib/app.jar': jar(Buffer.from(`key=${token}`)) } });

  const [rewrite, proof] = await cleanAndProve(repository, 'auto');

  assert.equal(proof.verdict, 'proven');
  assert.deepEqual(
    rewrite.notCleanable.map(({ what, where }) => [what, where.split(' ')[1]]),
    [['archive-seal', 'lib/app.jar']],
  );
});
