import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { aBuild } from '../../test/a-build.ts';

const limit = { timeout: 120_000 };
const skip = process.getuid?.() === 0 ? false : 'only root mounts a small disk';

test('B9 a build is stopped before it has filled the disk, and what it left is removed', { ...limit, skip }, async () => {
  await using app = aBuild({ Procfile: 'web: node app.js\n', 'app.js': '' });
  mkdirSync(app.buildsDirectory);
  assert.equal(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=100m', 'none', app.buildsDirectory]).status, 0);
  try {
    const fill = 'head -c 99M /dev/zero > big; sleep 60';

    await assert.rejects(app.build({ buildCommand: fill }), { code: 'BUILD_TOO_LARGE', message: /all but filled the disk/ });
    assert.equal(spawnSync('ls', [app.buildsDirectory]).stdout.toString(), '');
    // A disk that others have filled is no fault of the build.
    writeFileSync(join(app.buildsDirectory, 'of-others'), Buffer.alloc(99 * 1024 * 1024));
    await app.build({ buildCommand: 'sleep 2' });
  } finally {
    spawnSync('umount', ['--lazy', app.buildsDirectory]);
  }
});

test('B9 the files of a commit fill no disk either', { ...limit, skip }, async () => {
  await using app = aBuild({});
  const oid = app.source.writeBlob('');
  const files = Array.from({ length: 40_000 }, (_, at) => ({ mode: '100644', name: `f${1e6 + at}`, oid }));
  app.source.commit({ tree: app.source.writeTree(files) });
  mkdirSync(app.buildsDirectory);
  assert.equal(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=100m', 'none', app.buildsDirectory]).status, 0);
  try {
    const building = app.build({ startCommand: 'true', buildCommand: 'true' });
    building.catch(() => {});
    while (!readdirSync(app.buildsDirectory, { recursive: true }).some((path) => String(path).endsWith('f1000000'))) await sleep(5);
    writeFileSync(join(app.buildsDirectory, 'of-others'), Buffer.alloc(99 * 1024 * 1024));

    await assert.rejects(building, { code: 'BUILD_TOO_LARGE', message: /all but filled the disk/ });

    assert.deepEqual(app.log, [], 'no command was begun');
  } finally {
    spawnSync('umount', ['--lazy', app.buildsDirectory]);
  }
});

test('B9 a disk that has room for no further file is full', { ...limit, skip }, async () => {
  await using app = aBuild({ Procfile: 'web: node app.js\n', 'app.js': '' });
  mkdirSync(app.buildsDirectory);
  assert.equal(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=100m,nr_inodes=2000', 'none', app.buildsDirectory]).status, 0);
  try {
    const fill = 'touch $(seq 1970); sleep 20';

    await assert.rejects(app.build({ buildCommand: fill }), { code: 'BUILD_TOO_LARGE', message: /all but filled the disk/ });
  } finally {
    spawnSync('umount', ['--lazy', app.buildsDirectory]);
  }
});
