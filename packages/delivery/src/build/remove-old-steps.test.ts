// Most of them with a real engine: npm run test:image. See test/an-engine.ts.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLocalRepository } from '@deployguard/git';
import { createTemporaryDirectory, createTestRepository } from '@deployguard/testkit';
import type { TestCommit } from '@deployguard/testkit';
import { findTestEngine, skipContainerTests } from '../../test/an-engine.ts';
import { openGitTree } from '../analyze/open-git-tree.ts';
import type { ContainerEngine } from '../containers/container-engine.ts';
import { listImages } from '../containers/list-images.ts';
import { runEngine } from '../containers/run-engine.ts';
import { buildImage } from './build-image.ts';
import type { ImageBuild, ImageBuildOptions } from './build-image.ts';
import { removeOldSteps } from './remove-old-steps.ts';
import { removeUnusedImages } from './remove-unused-images.ts';
import { ownerLabel } from './secure-dockerfile.ts';

const engine = findTestEngine();
const limit = { timeout: 120_000 };

test('of a build that found no room on the disk nothing stays that its steps made', limit, async () => {
  using directory = createTemporaryDirectory();
  const id = 'a'.repeat(64);
  const program = join(directory.path, 'podman');
  const script = [
    `echo "$*" >> '${directory.path}/calls'`,
    'case "$*" in',
    `build*) echo '--> ${id.slice(0, 11)}'; echo 'Error: committing container: no space left on device' >&2; exit 125 ;;`,
    '"image inspect"*) exit 125 ;;',
    `images*dangling*) echo sha256:${id} ;;`,
    'esac',
  ];
  writeFileSync(program, `#!/bin/sh\n${script.join('\n')}\n`, { mode: 0o755 });
  const app = anApp(
    { kind: 'podman', program, environment: { PATH: '/usr/bin:/bin' } },
    { Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n' },
  );

  await assert.rejects(app.build(), { code: 'DISK_FULL' });

  const calls = readFileSync(join(directory.path, 'calls'), 'utf8').split('\n');
  await app[Symbol.asyncDispose]();
  assert.ok(calls.includes(`image rm ${id}`), calls.join('\n'));
});

test('of a build that found no room on the disk no base stays that was fetched for it', limit, async () => {
  using directory = createTemporaryDirectory();
  const base = 'docker.io/library/base:1';
  const described = JSON.stringify([{ Id: 'sha256:a', RepoDigests: [`base@sha256:${'b'.repeat(64)}`], Config: {} }]);
  const program = join(directory.path, 'docker');
  const script = [
    `echo "$*" >> '${directory.path}/calls'`,
    'case "$*" in',
    `"image inspect ${base}") [ -e '${directory.path}/fetched' ] && echo '${described}' ;;`,
    `"pull"*" ${base}") touch '${directory.path}/fetched' ;;`,
    `build*) echo 'ERROR: write /x: no space left on device' >&2; exit 1 ;;`,
    '"image inspect"*) exit 1 ;;',
    'esac',
  ];
  writeFileSync(program, `#!/bin/sh\n${script.join('\n')}\n`, { mode: 0o755 });
  const app = anApp({ kind: 'docker', program, environment: { PATH: '/usr/bin:/bin' } }, { Dockerfile: 'FROM base:1\n' });

  await assert.rejects(app.build({ baseImages: { map: {}, registries: ['docker.io'] } }), { code: 'DISK_FULL' });

  const calls = readFileSync(join(directory.path, 'calls'), 'utf8').split('\n');
  await app[Symbol.asyncDispose]();
  assert.ok(calls.includes(`image rm ${base}`), calls.join('\n'));
});

if (engine !== undefined) {
  test('the image of a release stays when its commit is built anew, and goes when no release is made of it', limit, async () => {
    await using app = anApp(engine, { Dockerfile: 'FROM scratch\nCOPY file /\n', file: 'one' });
    const [first, second] = [await app.build({ variables: { MODE: 'one' } }), await app.build({ variables: { MODE: 'two' } })];
    app.commit({ file: 'two' });
    const third = await app.build();

    const present = [await app.has(first), await app.has(second), await app.has(third)];
    await removeUnusedImages(engine, app.imageRepository, [second.artifact, third.artifact]);
    const kept = [await app.has(first), await app.has(second), await app.has(third)];

    assert.notEqual(first.imageId, second.imageId);
    assert.deepEqual(present, [true, true, true]);
    assert.deepEqual(kept, [false, true, true]);
  });

  if (engine.kind === 'podman')
    test('what steps of a build that failed made stays until the next one has failed', limit, async () => {
      await using app = anApp(engine, { Dockerfile: 'FROM scratch\nCOPY file /\nCOPY missing /\n', file: 'one' });
      await assert.rejects(app.build(), { code: 'BUILD_FAILED' });
      const first = await app.listSteps();
      app.commit({ file: 'two' });

      await assert.rejects(app.build(), { code: 'BUILD_FAILED' });

      const second = await app.listSteps();
      assert.equal(second.length, first.length);
      assert.notDeepEqual(second, first);
    });

  if (engine.kind === 'podman')
    test('what steps made is found as that of the application, whatever labels its Dockerfile sets', limit, async () => {
      const labels = [
        `LABEL ${ownerLabel}=localhost/nobody/app`,
        `LABEL other=1 "io.deployguard"'.images'=localhost/nobody/app`,
        `ARG NAME=${ownerLabel}\nLABEL $NAME=localhost/nobody/app`,
        `LABEL io.deploy\\guard.images localhost/nobody/app`,
      ];
      for (const label of labels) {
        await using app = anApp(engine, {
          Dockerfile: `FROM scratch AS first\n${label}\nCOPY file /\nFROM scratch\nCOPY --from=first /file /\n`,
          file: `${Math.random()}`,
        });
        await app.build();

        await app.forget();

        const left = ['--all', '--quiet', '--filter', `label=${ownerLabel}=localhost/nobody/app`];
        assert.deepEqual(await listImages(engine, left), [], label);
      }
    });
} else skipContainerTests('removing steps of builds');

function anApp(engine: ContainerEngine, files: NonNullable<TestCommit['files']>) {
  const directory = createTemporaryDirectory();
  const source = createTestRepository();
  const imageRepository = `localhost/test-${Math.random().toString(36).slice(2, 10)}/app`;
  const forget = async (): Promise<void> => {
    await removeUnusedImages(engine, imageRepository, []);
    await removeOldSteps(engine, imageRepository, new Set());
  };
  source.commit({ files });
  return {
    imageRepository,
    commit: (changed: NonNullable<TestCommit['files']>) => source.commit({ files: changed }),
    async build(options: Partial<ImageBuildOptions> = {}): Promise<ImageBuild> {
      await using repository = await openLocalRepository(source.path, { workDirectory: directory.path });
      const tree = await openGitTree(repository);
      return await buildImage({
        engine,
        repository,
        commit: tree.commit,
        tree,
        plan: { root: '', dockerfile: 'Dockerfile' },
        imageRepository,
        isPushed: false,
        workDirectory: join(directory.path, 'work'),
        baseImages: { map: {}, registries: [] },
        limits: { timeoutSeconds: 60, diskBytes: 1024 ** 2, logBytes: 1024 ** 2 },
        onLog: () => {},
        ...options,
      });
    },
    has: ({ imageId }: ImageBuild): Promise<boolean> =>
      runEngine(engine, ['image', 'inspect', imageId]).then(
        () => true,
        () => false,
      ),
    /** What Podman keeps for the next build, and nothing is built on. */
    listSteps: () =>
      listImages(engine, ['--all', '--quiet', '--filter', 'dangling=true', '--filter', `label=${ownerLabel}=${imageRepository}`]),
    forget,
    async [Symbol.asyncDispose](): Promise<void> {
      await forget();
      await source.dispose();
      directory.dispose();
    },
  };
}
