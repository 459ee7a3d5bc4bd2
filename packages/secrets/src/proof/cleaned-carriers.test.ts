import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openLocalRepository } from '@deployguard/git';
import { buildToken, createTemporaryDirectory, createTestRepository } from '@deployguard/testkit';
import type { TestRepository } from '@deployguard/testkit';
import { rewriteRepository } from '../rewrite/rewrite-repository.ts';
import type { Proof } from './proof.ts';
import { proveRepository } from './prove-repository.ts';

const work = createTemporaryDirectory('deployguard-proof-');
after(() => work.dispose());

const token = buildToken({ prefix: 'tk', length: 22 });
const password = `${buildToken({ prefix: 'Pa', length: 8 })}/"<+&=%${buildToken({ prefix: 'x', length: 9 })}`;

const forms: Readonly<Record<string, (value: string) => Buffer>> = {
  plain: (value) => Buffer.from(value),
  'UTF-16LE': (value) => Buffer.from(value, 'utf16le'),
  'UTF-16BE': (value) => Buffer.from(value, 'utf16le').swap16(),
  base64: (value) => Buffer.from(Buffer.from(value).toString('base64')),
  'base64, shifted by one': (value) => Buffer.from(Buffer.from(`:${value}`).toString('base64')),
  'base64, shifted by two': (value) => Buffer.from(Buffer.from(`a:${value}`).toString('base64url')),
  'base64 of base64': (value) => Buffer.from(Buffer.from(`x${Buffer.from(`u:${value}`).toString('base64')}`).toString('base64')),
  'base64 of UTF-16': (value) => Buffer.from(Buffer.from(`a ${value}`, 'utf16le').toString('base64')),
  hex: (value) => Buffer.from(Buffer.from(value).toString('hex')),
  HEX: (value) => Buffer.from(Buffer.from(value).toString('hex').toUpperCase()),
  percent: (value) => Buffer.from(encodeURIComponent(value)),
  'percent, all': (value) => Buffer.from([...Buffer.from(value)].map((byte) => `%${byte.toString(16)}`).join('')),
  JSON: (value) => Buffer.from(JSON.stringify(value)),
  'JSON in JSON': (value) => Buffer.from(JSON.stringify(JSON.stringify(value))),
  'JSON, slash': (value) => Buffer.from(JSON.stringify(value).replaceAll('/', '\\/')),
  'JSON \\u': (value) => Buffer.from([...value].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')),
  C: (value) => Buffer.from([...Buffer.from(value)].map((byte) => `\\x${byte.toString(16)}`).join('')),
  'C, octal': (value) => Buffer.from([...Buffer.from(value)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')),
  'quoted-printable, all': (value) => Buffer.from([...Buffer.from(value)].map((byte) => `=${byte.toString(16).toUpperCase()}`).join('')),
  'HTML, all': (value) => Buffer.from([...value].map((c) => `&#${c.charCodeAt(0)};`).join('')),
  HTML: (value) => Buffer.from(value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')),
};

const carriers: Readonly<Record<string, (repository: TestRepository, bytes: Buffer, name: string) => unknown>> = {
  file: (repository, bytes) => repository.commit({ files: { 'x.txt': around(bytes) } }),
  'binary file': (repository, bytes) => repository.commit({ files: { 'x.bin': Buffer.concat([Buffer.alloc(9000), bytes]) } }),
  'commit message': (repository, bytes) => repository.commit({ message: around(bytes) }),
  'tag of a blob': (repository, bytes, name) => repository.tag(name, { target: repository.writeBlob(around(bytes)) }),
};

/** Carriers that git keeps as text: no NUL. */
const textCarriers: typeof carriers = {
  'symlink target': (repository, bytes) => repository.commit({ files: { link: { mode: '120000', content: bytes } } }),
  author: (repository, bytes) => repository.commit({ author: `Ada <${bytes.toString('latin1').replaceAll(/[<>]/g, '')}@example.com>` }),
  'commit header': (repository, bytes) => repository.commit({ headers: `note ${bytes.toString('latin1')}` }),
  'tag message': (repository, bytes, name) =>
    repository.tag(name, { target: repository.resolveRef('refs/heads/main'), message: `${bytes.toString('latin1')}\n` }),
  note: (repository, bytes) => repository.note(repository.resolveRef('refs/heads/main'), bytes.toString('latin1')),
  stash: (repository, bytes) => repository.stash({ 'README.md': bytes }),
};

function around(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from('before '), bytes, Buffer.from(' after\n')]);
}

async function cleanAndProve(repository: TestRepository): Promise<Proof> {
  await using source = await openLocalRepository(repository.gitDir, { workDirectory: work.path });
  const outputDirectory = `${repository.gitDir}.cleaned`;
  const values = [token, password].map((value) => ({ value, replacement: '***REMOVED***', hash: 'f'.repeat(64) }));
  const rewrite = await rewriteRepository(source, { values, outputDirectory });
  return await proveRepository(outputDirectory, {
    name: 'example/app',
    tool: { name: 'deployguard', version: '0.0.0' },
    now: new Date(0),
    values,
    workDirectory: work.path,
    facts: { source, rewrite },
  });
}

for (const [name, put] of Object.entries({ ...carriers, ...textCarriers })) {
  test(`G25: the ${name} is proven clean after a rewrite, in whatever form the values stood there`, async () => {
    await using repository = createTestRepository({ bare: true });
    repository.commit({ files: { 'README.md': 'Hello\n' }, message: 'Begin\n' });
    const encoded = Object.values(forms).flatMap((encode) => [encode(token), encode(password)]);
    for (const [index, bytes] of encoded.entries()) {
      if (!(name in textCarriers) || !bytes.includes(0)) put(repository, bytes, `t${index}`);
    }

    const proof = await cleanAndProve(repository);

    assert.equal(proof.verdict, 'proven', JSON.stringify([proof.checks.filter(({ passed }) => !passed), proof.found]));
    assert.ok(proof.rewrite!.changedObjectCount > 20);
  });
}
