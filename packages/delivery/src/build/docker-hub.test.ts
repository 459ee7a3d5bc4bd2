// By a program that stands for Docker: to names of Docker Hub it answers, in its listings and filters, as distribution/reference makes them familiar.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLocalRepository } from '@deployguard/git';
import { createTemporaryDirectory, createTestRepository } from '@deployguard/testkit';
import { aTree } from '../../test/a-tree.ts';
import type { ContainerEngine } from '../containers/container-engine.ts';
import { buildImage } from './build-image.ts';
import { removeUnusedImages } from './remove-unused-images.ts';

const [id, digest] = ['a', 'b'].map((digit) => `sha256:${digit.repeat(64)}`) as [string, string];

/** It has one image, of that repository. */
function aDocker(directory: string, familiarName: string): ContainerEngine {
  const program = join(directory, 'docker');
  const script = [
    '#!/bin/sh',
    `echo "$*" >> '${directory}/calls'`,
    'case "$*" in',
    `*RepoDigests*) echo '["other/shop@${id}", "${familiarName}@${digest}"]' ;;`,
    '"image inspect"*|build*) exit 1 ;;',
    `images*"reference=${familiarName}") echo ${id} ;;`,
    'esac',
  ];
  writeFileSync(program, `${script.join('\n')}\n`);
  chmodSync(program, 0o755);
  return { kind: 'docker', program, environment: { PATH: '/usr/bin:/bin' } };
}

for (const [imageRepository, familiarName] of [
  ['docker.io/acme/shop', 'acme/shop'],
  ['docker.io/shop', 'shop'],
  ['registry.example/acme/shop', 'registry.example/acme/shop'],
] as const) {
  test(`Docker's images of ${imageRepository} are found, pushed under their digest, and removed`, async () => {
    using directory = createTemporaryDirectory();
    const engine = aDocker(directory.path, familiarName);
    await using source = createTestRepository();
    const commit = source.commit({ files: { Dockerfile: 'FROM scratch\n' } });
    await using repository = await openLocalRepository(source.path, { workDirectory: directory.path });

    const image = await buildImage({
      ...aBuild(directory.path, 'FROM scratch\n'),
      engine,
      repository,
      commit,
      imageRepository,
      isPushed: true,
    });
    await removeUnusedImages(engine, imageRepository, []);

    assert.deepEqual(image.artifact, { kind: 'image', reference: `${imageRepository}@${digest}`, digest });
    assert.deepEqual([image.imageId, image.isUnchanged], [id, true]);
    const calls = readFileSync(join(directory.path, 'calls'), 'utf8').trimEnd().split('\n');
    assert.match(calls.at(-1)!, new RegExp(`^rmi .*${id}|^image rm .*${id}`));
  });
}

test('B7 nobody builds on the images of other applications, also where their registry is one of bases', async () => {
  using directory = createTemporaryDirectory();
  const engine = aDocker(directory.path, 'registry.example/acme/shop');
  await using source = createTestRepository();
  await using repository = await openLocalRepository(source.path, { workDirectory: directory.path });
  for (const line of ['FROM registry.example/acme/shop', 'FROM scratch\nCOPY --from=registry.example/acme/shop:latest / /']) {
    const commit = source.commit({ files: { Dockerfile: `${line}\n` } });
    const build = buildImage({
      ...aBuild(directory.path, `${line}\n`),
      engine,
      repository,
      commit,
      imageRepository: 'registry.example/acme/other',
      isPushed: true,
      baseImages: { map: {}, registries: ['registry.example'] },
    });

    await assert.rejects(build, { code: 'BASE_IMAGE_REFUSED', message: /images of applications stand there/ }, line);
  }
  assert.equal(existsSync(join(directory.path, 'calls')), false);
});

function aBuild(directory: string, dockerfile: string) {
  return {
    tree: aTree({ Dockerfile: dockerfile }),
    plan: { root: '', dockerfile: 'Dockerfile' },
    workDirectory: join(directory, 'images'),
    baseImages: { map: {}, registries: [] },
    limits: { timeoutSeconds: 60, diskBytes: 1024 ** 2, logBytes: 1024 ** 2 },
    onLog: () => {},
  };
}
