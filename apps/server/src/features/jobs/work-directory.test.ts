import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, utimesSync } from 'node:fs';
import { after, test } from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';
import type { Platform } from '../../feature.ts';
import { loadConfig } from '../../platform/config/index.ts';
import { createWorkDirectory, removeLostWorkDirectories } from './work-directory.ts';

const directory = createTemporaryDirectory();
after(() => directory.dispose());
const { config } = loadConfig({
  environment: { DEPLOYGUARD_DATA_DIRECTORY: directory.path, DEPLOYGUARD_WORKER_TEMPORARY_DIRECTORY: directory.path },
  workingDirectory: directory.path,
});
const platform: Pick<Platform, 'config'> = { config };

test('a worker whose clock is hours ahead deletes no directory that another is at', async (t) => {
  await using other = await createWorkDirectory(platform);
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 3 * 3_600_000 });

  await using work = await createWorkDirectory(platform);

  assert.ok(existsSync(other.path) && existsSync(work.path));
});

test('what a killed worker left is deleted when no attempt can be at it any more', async () => {
  const left = await createWorkDirectory(platform);
  const before = Date.now() / 1000 - config.worker.hardLimitSeconds - 700;
  utimesSync(left.path, before, before);

  await using work = await createWorkDirectory(platform);

  assert.ok(!existsSync(left.path) && existsSync(work.path));
});

test('what a killed worker of this machine left is deleted at once; what was left elsewhere is not', async () => {
  await using work = await createWorkDirectory(platform);
  const { pid } = spawnSync('true');
  const ofEnded = work.path.replace(`-${process.pid}-`, `-${pid}-`);
  const elsewhere = work.path.replace(/job-\w+-\d+/, `job-anothermark-${pid}`);
  mkdirSync(ofEnded);
  mkdirSync(elsewhere);

  await removeLostWorkDirectories(platform);

  assert.deepEqual([existsSync(ofEnded), existsSync(elsewhere), existsSync(work.path)], [false, true, true]);
});
