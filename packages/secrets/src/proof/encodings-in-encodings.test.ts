import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { gunzipSync, gzipSync, inflateRawSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { openLocalRepository } from '@deployguard/git';
import { buildToken, createTemporaryDirectory, createTestRepository } from '@deployguard/testkit';
import type { TestRepository } from '@deployguard/testkit';
import { deflatedZip } from '../detect/unpack/zip-fixtures.ts';
import { scanRepository } from '../history/scan-repository.ts';
import { rewriteRepository } from '../rewrite/rewrite-repository.ts';
import type { RewriteResult } from '../rewrite/rewrite-result.ts';
import { runGit } from '../rewrite/rewrite-test-repository.ts';
import type { Proof } from './proof.ts';
import { proveRepository } from './prove-repository.ts';

const work = createTemporaryDirectory('deployguard-encodings-');
after(() => work.dispose());

interface Encoding {
  readonly encode: (content: Buffer) => Buffer;
  readonly decode: (encoded: Buffer) => Buffer;
}

const encodings = {
  base64: inText(
    (content) => content.toString('base64'),
    (text) => Buffer.from(text, 'base64'),
  ),
  'base64 alone': {
    encode: (content) => Buffer.from(content.toString('base64')),
    decode: (encoded) => Buffer.from(encoded.toString('latin1'), 'base64'),
  },
  hex: inText(
    (content) => content.toString('hex'),
    (text) => Buffer.from(text, 'hex'),
  ),
  HEX: inText(
    (content) => content.toString('hex').toUpperCase(),
    (text) => Buffer.from(text, 'hex'),
  ),
  percent: inText(
    (content) => [...content].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
    (text) => Buffer.from(text.replaceAll('%', ''), 'hex'),
  ),
  'percent, as needed': inText(
    (content) => encodeURIComponent(content.toString('latin1')),
    (text) => Buffer.from(decodeURIComponent(text), 'latin1'),
  ),
  'UTF-16': {
    encode: (content) => Buffer.from(content.toString('latin1'), 'utf16le'),
    decode: (encoded) => Buffer.from(encoded.toString('utf16le'), 'latin1'),
  },
  gzip: { encode: (content) => gzipSync(content), decode: (encoded) => gunzipSync(encoded) },
  zstd: { encode: (content) => zstdCompressSync(content), decode: (encoded) => zstdDecompressSync(encoded) },
  // One member, named "a".
  zip: { encode: buildZip, decode: (encoded) => inflateRawSync(encoded.subarray(31)) },
} satisfies Record<string, Encoding>;

type Name = keyof typeof encodings;

const names = (Object.keys(encodings) as Name[]).filter((name) => name !== 'base64 alone' && name !== 'percent, as needed');
const isText = (name: Name): boolean => ['base64', 'hex', 'HEX', 'percent'].includes(name);

/** Outermost first. What is packed is no text, which could stand in UTF-16; what zstd cannot make smaller stands in it as it was. */
const pairs = names
  .flatMap((outer) => names.map((inner): [Name, Name] => [outer, inner]))
  .filter(([outer, inner]) => (outer !== 'UTF-16' || isText(inner)) && (!isText(outer) || outer === 'base64' || inner !== 'zstd'));
const deeper: readonly Name[][] = [
  ['base64', 'base64 alone', 'gzip'],
  ['base64', 'base64 alone', 'zip'],
  ['base64', 'base64 alone', 'zstd'],
  ['UTF-16', 'base64', 'gzip'],
  ['gzip', 'base64', 'zip'],
  ['zip', 'UTF-16', 'base64'],
  ['gzip', 'base64', 'UTF-16'],
  ['percent, as needed', 'percent'],
];
const thrice: readonly Name[] = ['base64', 'base64', 'base64'];

/** As docs/cleaning.md says: neither found, nor removed, nor looked for by the proof. */
function isSearched([outer, inner]: readonly Name[]): boolean {
  if (outer === 'hex' || outer === 'HEX') return ['base64', 'hex', 'HEX', 'UTF-16'].includes(inner!);
  return outer !== 'percent' || inner === 'percent';
}

const chains: readonly (readonly Name[])[] = [...pairs, ...deeper, thrice];
const cases = chains.map((chain, index) => ({
  chain,
  name: `${chain.join(' of ')}.txt`,
  // Neither has a checksum.
  token:
    index % 2 === 0
      ? buildToken({ prefix: ['AK', 'IA'], seed: index, alphabet: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', length: 16 })
      : `${buildToken({ prefix: ['github', '_pat_'], seed: index, length: 22 })}_${buildToken({ prefix: '', seed: index, length: 59 })}`,
}));
const textOf = (token: string): string => `the key = "${token}" of an account\n`;

function createRepository(): TestRepository {
  const repository = createTestRepository({ bare: true });
  const files = cases.map(({ chain, name, token }) => [name, encodeAll(chain, Buffer.from(textOf(token)))]);
  repository.commit({ files: Object.fromEntries(files) as Record<string, Buffer> });
  return repository;
}

test('what a scan finds in an encoding within an encoding is what the documentation says', async () => {
  await using repository = createRepository();
  await using opened = await openLocalRepository(repository.gitDir, { workDirectory: work.path });

  const { findings } = await scanRepository(opened, {});

  const found = new Set(findings.map(({ secret }) => secret.reveal()));
  for (const { chain, name, token } of cases) assert.equal(found.has(token), isSearched(chain) && chain !== thrice, name);
});

test('the proof sees a value in an encoding within an encoding', async () => {
  await using repository = createRepository();

  const proof = await prove(
    repository.gitDir,
    cases.map(({ token }) => token),
  );

  const found = new Set(proof.found.places.map(({ valueHash }) => valueHash));
  for (const [index, { chain, name }] of cases.entries()) assert.equal(found.has(hashOf(index)), isSearched(chain), name);
});

test('a value in an encoding within an encoding is taken out and proven gone, and all else is as it was', async () => {
  await using repository = createRepository();
  const outputDirectory = `${repository.gitDir}.cleaned`;

  const { rewrite, proof } = await clean(repository, outputDirectory);

  assert.equal(proof.verdict, 'proven', JSON.stringify(proof.found));
  assert.deepEqual(rewrite.notCleanable, []);
  for (const { chain, name, token } of cases) {
    const encoded = runGit(outputDirectory, ['cat-file', 'blob', `refs/heads/main:${name}`]);
    const text = chain.reduce<Buffer>((content, step) => encodings[step].decode(content), encoded).toString('latin1');
    assert.equal(text, textOf(isSearched(chain) ? '***REMOVED***' : token), name);
  }
});

test('what is encoded in base64 is seen by the proof, taken out and proven gone where that stands in lines, too', async () => {
  await using repository = createTestRepository({ bare: true });
  const chainsInLines = cases.filter(({ chain }) => chain[0] === 'base64' && chain !== thrice);
  for (const { chain, name, token } of chainsInLines) {
    const [, ...inner] = chain;
    const text = `${buildToken({ prefix: '', length: 70, seed: name })}\n${textOf(token)}${buildToken({ prefix: '', length: 70 })}\n`;
    const lines = encodeAll(inner, Buffer.from(text))
      .toString('base64')
      .replaceAll(/.{76}(?!$)/g, '$&\n');
    repository.commit({ files: { [name]: `data:\n${lines}\n` } });
  }
  const before = await prove(
    repository.gitDir,
    chainsInLines.map(({ token }) => token),
  );
  const seen = new Set(before.found.places.map(({ valueHash }) => valueHash));
  for (const [index, { name }] of chainsInLines.entries()) assert.ok(seen.has(hashOf(index)), name);

  const { rewrite, proof } = await clean(repository, `${repository.gitDir}.cleaned`);

  assert.deepEqual([proof.verdict, rewrite.notCleanable], ['proven', []], JSON.stringify(proof.found));
});

test('hex digits with something between them are taken out and seen by the proof', async () => {
  await using repository = createTestRepository({ bare: true });
  const write: readonly ((digits: readonly string[]) => string)[] = [
    (digits) => digits.join(':'),
    (digits) => digits.join(' '),
    (digits) => digits.map((byte) => `0x${byte}`).join(','),
    (digits) => digits.map((byte) => `0x${byte}`).join(', '),
  ];
  const files = cases.slice(0, 2 * write.length).map(({ name, token }, index) => {
    const digits = Array.from(Buffer.from(token), (byte) => byte.toString(16).padStart(2, '0'));
    const inCase = index < write.length ? digits : digits.map((byte) => byte.toUpperCase());
    return [name, `char key[] = { ${write[index % write.length]!(inCase)} };\n`] as const;
  });
  repository.commit({ files: Object.fromEntries(files) });
  const values = cases.slice(0, files.length).map(({ token }) => token);
  const before = await prove(repository.gitDir, values);
  assert.equal(new Set(before.found.places.map(({ valueHash }) => valueHash)).size, files.length);

  const { proof } = await clean(repository, `${repository.gitDir}.cleaned`);

  assert.equal(proof.verdict, 'proven', JSON.stringify(proof.found));
});

test('packed content in base64 is cleaned in its lines and alphabet, wherever it stands in a file', async () => {
  const token = cases[0]!.token;
  const noise = Array.from({ length: 40 }, (_, seed) => buildToken({ prefix: '', seed, length: 40 })).join('\n');
  const packed = gzipSync(`${noise}\n${textOf(token)}`);
  const wrapped = packed.toString('base64').replaceAll(/.{76}(?!$)/g, '$&\n  ');
  const files = {
    'release.yaml': `data:\n  release: |\n  ${wrapped}\n  other: ${packed.toString('base64')}\n`,
    'release.json': `{"data":"\\n${packed.toString('base64url')}","twice":"${Buffer.from(packed.toString('base64')).toString('base64')}"}`,
  };
  await using repository = createTestRepository({ bare: true });
  repository.commit({ files });
  const outputDirectory = `${repository.gitDir}.cleaned`;

  const { proof } = await clean(repository, outputDirectory);

  assert.equal(proof.verdict, 'proven', JSON.stringify(proof.found));
  const yaml = runGit(outputDirectory, ['cat-file', 'blob', 'refs/heads/main:release.yaml']).toString();
  const [, lines, other] = /release: \|\n {2}(.*?)\n {2}other: (.*)\n$/s.exec(yaml)!;
  assert.ok(lines!.split('\n  ').every((line, index, all) => line.length === 76 || index === all.length - 1));
  const json = JSON.parse(runGit(outputDirectory, ['cat-file', 'blob', 'refs/heads/main:release.json']).toString()) as Record<
    string,
    string
  >;
  const texts = [lines!.replaceAll('\n  ', ''), other!, json['data']!.trim(), Buffer.from(json['twice']!, 'base64').toString()];
  for (const text of texts) assert.equal(gunzipSync(Buffer.from(text, 'base64')).toString(), `${noise}\n${textOf('***REMOVED***')}`);
  assert.match(json['data']!, /^\n[\w-]+$/);
});

test('packed content that cannot be packed anew in base64 is told with its place, and refused by the proof', async () => {
  const token = cases[0]!.token;
  const packed = gzipSync(
    `${buildToken({ prefix: '', length: 400 })}\n${textOf(token)}${buildToken({ prefix: '', seed: 1, length: 400 })}`,
  );
  await using repository = createTestRepository({ bare: true });
  repository.commit({ files: { 'cut.txt': `data: ${packed.subarray(0, -60).toString('base64')}\n` } });

  const { rewrite, proof } = await clean(repository, `${repository.gitDir}.cleaned`);

  assert.equal(proof.verdict, 'failed');
  assert.deepEqual(
    rewrite.notCleanable.map(({ what, where }) => [what, where.split(' ').at(-1)]),
    [['archive-member', 'cut.txt']],
  );
});

test('packed content in base64 is seen by the proof in a content that is stored as a change of another', async () => {
  const token = cases[0]!.token;
  const lines = Array.from({ length: 400 }, (_, seed) => buildToken({ prefix: 'line ', seed, length: 30 }));
  await using repository = createTestRepository({ bare: true });
  repository.commit({ files: { 'a.yaml': lines.join('\n') } });
  const packed = gzipSync(textOf(token)).toString('base64');
  repository.commit({ files: { 'a.yaml': [...lines.slice(0, 200), `data: ${packed}`, ...lines.slice(200)].join('\n') } });
  runGit(repository.gitDir, ['repack', '-adf']);

  assert.equal((await prove(repository.gitDir, [token])).found.count, 1);

  const { proof } = await clean(repository, `${repository.gitDir}.cleaned`);

  assert.equal(proof.verdict, 'proven');
});

function buildZip(content: Buffer): Buffer {
  const zip = deflatedZip({ a: content });
  // How many members there are (APPNOTE.TXT, 4.3.16).
  for (const at of [8, 10]) zip.writeUInt16LE(1, zip.length - 22 + at);
  return zip;
}

function encodeAll(chain: readonly Name[], content: Buffer): Buffer {
  return chain.toReversed().reduce<Buffer>((bytes, step) => encodings[step].encode(bytes), content);
}

function inText(encode: (content: Buffer) => string, decode: (text: string) => Buffer): Encoding {
  return {
    encode: (content) => Buffer.from(`v=${encode(content)};`),
    decode: (encoded) => decode(encoded.toString('latin1').slice(2, -1)),
  };
}

async function clean(repository: TestRepository, outputDirectory: string): Promise<{ rewrite: RewriteResult; proof: Proof }> {
  await using source = await openLocalRepository(repository.gitDir, { workDirectory: work.path });
  const values = cases.map(({ token }) => ({ value: token, replacement: '***REMOVED***' }));
  const rewrite = await rewriteRepository(source, { values, outputDirectory });
  const tokens = values.map(({ value }) => value);
  return { rewrite, proof: await prove(outputDirectory, tokens, { source, rewrite }) };
}

function hashOf(index: number): string {
  return index.toString(16).padStart(64, '0');
}

async function prove(
  gitDir: string,
  values: readonly string[],
  facts?: NonNullable<Parameters<typeof proveRepository>[1]['facts']>,
): Promise<Proof> {
  return await proveRepository(gitDir, {
    name: 'example/app',
    tool: { name: 'deployguard', version: '0.0.0' },
    now: new Date(0),
    values: values.map((value, index) => ({ value, hash: hashOf(index) })),
    workDirectory: work.path,
    ...(facts && { facts }),
  });
}
