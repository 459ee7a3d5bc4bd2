import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { buildDirectory } from '@deployguard/delivery';
import type { DirectoryBuild } from '@deployguard/delivery';
import { openLocalRepository } from '@deployguard/git';
import { createTemporaryDirectory, createTestRepository } from '@deployguard/testkit';
import type { Config } from '../../platform/config/index.ts';
import { clearLostBuilds } from './clear-lost-builds.ts';
import { placesOf } from './places.ts';

test('a finished build that no release consists of goes, and one that a release consists of stays', async () => {
  using directory = createTemporaryDirectory();
  await using source = createTestRepository();
  const { path } = directory;
  const commit = source.commit({ files: { 'app.js': '' } });
  await using repository = await openLocalRepository(source.path, { workDirectory: path });
  const config = { deployments: { directory: path } } as Config;
  const { builds, cache } = placesOf(config).application('shop');
  const build = async (startCommand: string): Promise<DirectoryBuild> =>
    buildDirectory({
      repository,
      commit,
      plan: { root: '', startCommand },
      buildsDirectory: builds,
      cacheDirectory: cache,
      searchPath: '/usr/bin:/bin',
      nodeProgram: process.execPath,
      limits: { timeoutSeconds: 60, diskBytes: 1024 ** 2, logBytes: 1024 },
      onLog: () => {},
    });
  const [used, lost] = [await build('node app.js'), await build('node other.js')];
  const application = { label: 'shop', target: 'process' } as const;

  await clearLostBuilds(config, application, [used.artifact]);
  const left = [used, lost].map(({ artifact }) => existsSync(artifact.path));
  await clearLostBuilds(config, application, []);

  assert.deepEqual(left, [true, false]);
  assert.deepEqual(readdirSync(builds), []);
});
