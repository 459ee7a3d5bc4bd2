import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runProcess } from '@deployguard/process';
import { aBuild, testSearchPath } from '../../test/a-build.ts';
import type { TestBuilds } from '../../test/a-build.ts';
import { aSandbox } from '../../test/a-sandbox.ts';
import { startOf } from '../../test/start-of-build.ts';
import { markName, markOfBuilds } from './end-strays.ts';

const limit = { timeout: 180_000 };

const hello = { Procfile: 'web: node app.js\n', 'app.js': 'console.log("hello")' };

for (const [where, sandboxOf] of [
  ['', async () => undefined],
  [' in a sandbox', aSandbox],
] as const) {
  test(`B9 a cancelled build${where} ends whatever it has started, wherever that went`, limit, async () => {
    await using app = aBuild(hello);
    const sandbox = await sandboxOf();
    const controller = new AbortController();
    let started: readonly string[] = [];
    const building = app.build(
      { buildCommand: 'setsid sh -c "echo stray; exec sleep 300" & sleep 300 & echo child; wait' },
      {
        ...(sandbox && { sandbox }),
        signal: controller.signal,
        onLog: ({ text }) => {
          app.log.push(text);
          if (!['stray', 'child'].every((line) => app.log.includes(line))) return;
          started = listProcesses(app);
          controller.abort();
        },
      },
    );

    await assert.rejects(building, { code: 'CANCELLED', fault: 'user' });

    assert.ok(started.length >= 3, started.join('\n'));
    assert.deepEqual(listProcesses(app), []);
    assert.deepEqual(readdirSync(app.buildsDirectory), []);
  });

  test(`a build${where} that takes too long is ended, and so is one that leaves a server behind`, limit, async () => {
    await using app = aBuild(hello);
    const sandbox = await sandboxOf();
    const options = sandbox && { sandbox };

    await assert.rejects(
      app.build({ buildCommand: 'sleep 300' }, { ...options, limits: { timeoutSeconds: 1, diskBytes: 1e9, logBytes: 1e6 } }),
      { code: 'BUILD_TIMED_OUT' },
    );
    await app.build({ buildCommand: 'setsid sleep 300 & echo stray' }, options);

    assert.ok(app.log.includes('stdout: stray'));
    assert.deepEqual(listProcesses(app), []);
  });
}

test('B9 of a flood of output the beginning and the end are kept, with how much is left out, and the build goes on', limit, async () => {
  await using app = aBuild(hello);

  await app.build(
    { buildCommand: 'yes flood | head -c 20000000; echo end > done' },
    { limits: { timeoutSeconds: 120, diskBytes: 1e9, logBytes: 10_000 } },
  );

  assert.ok(app.log.length < 2100);
  assert.ok(app.log.includes('system: The build printed more than 10000 bytes: of the rest only the end is kept.'));
  const printed = Math.ceil(20_000_000 / 'flood\n'.length);
  const kept = app.log.filter((line) => line.startsWith('stdout: ')).length;
  assert.deepEqual(app.log.slice(-3), ['stdout: flood', 'stdout: flood', 'stdout: fl']);
  assert.ok(app.log.includes(`system: ${printed - kept} lines are left out here.`), app.log.at(-21));
});

test('B9 folders, links and empty files of a release count as well', limit, async () => {
  await using app = aBuild(hello);
  const limits = { timeoutSeconds: 120, diskBytes: 1_000_000, logBytes: 1e6 };

  for (const [made, message] of [
    ['mkdir $(seq 300)', /bytes, more than the 1000000/],
    ['for i in $(seq 60); do : > empty$i; ln -s x link$i; done', /more than 100 files and folders/],
  ] as const)
    await assert.rejects(app.build({ buildCommand: made }, { limits: { ...limits, mostFiles: made.startsWith('mkdir') ? 1000 : 100 } }), {
      code: 'BUILD_TOO_LARGE',
      message,
    });
});

test('B9 empty lines fill no log either', limit, async () => {
  await using app = aBuild(hello);

  await app.build({ buildCommand: 'yes "" | head -n 20000' }, { limits: { timeoutSeconds: 120, diskBytes: 1e9, logBytes: 64_000 } });

  assert.ok(app.log.length < 1100, `${app.log.length} lines`);
});

test('B9 a release that is larger than allowed, and a file larger than allowed, end the build', limit, async () => {
  await using app = aBuild(hello);
  const limits = { timeoutSeconds: 120, diskBytes: 1_000_000, logBytes: 1e6 };

  await assert.rejects(app.build({ buildCommand: 'head -c 2000000 /dev/zero > big' }, { limits }), {
    code: 'BUILD_TOO_LARGE',
    message: /1000000/,
  });
  await assert.rejects(
    app.build({ buildCommand: 'exec head -c 2000000 /dev/zero > big' }, { limits: { ...limits, process: { fileSizeBytes: 100_000 } } }),
    {
      code: 'BUILD_FAILED',
      message: /file larger than allowed/,
    },
  );
});

test('B9 folders in folders that a build leaves are no release, and stop no later build; names are bytes', limit, async () => {
  await using app = aBuild(hello);
  const deep = `perl -e 'for (1..600) { mkdir "dddddddd"; chdir "dddddddd" }'`;
  const odd = `perl -e 'mkdir "caf\\xe9"; open F, ">caf\\xe9/\\xff"'`;

  await assert.rejects(app.build({ buildCommand: deep }), { code: 'BUILD_FAILED', message: /path is longer than 3000 bytes: .*dddddddd/ });
  assert.deepEqual(readdirSync(app.buildsDirectory), []);
  const left = join(app.buildsDirectory, '0123456789abcdef-01234567', 'app');
  mkdirSync(left, { recursive: true });
  await runProcess({ program: '/bin/sh', args: ['-c', deep], cwd: left, env: { PATH: testSearchPath } });
  const built = await app.build({ buildCommand: odd });

  assert.equal(await startOf(built), 'hello\n');
  assert.deepEqual(readdirSync(app.buildsDirectory).length, 2);
});

test('B9 a build that starts more and more processes is ended, and told why', limit, async () => {
  await using app = aBuild(hello);
  const limits = { timeoutSeconds: 120, diskBytes: 1e9, logBytes: 1e6, process: { ownProcesses: 50 } };

  await assert.rejects(app.build({ buildCommand: 'copy() { copy | copy & sleep 0.1; }; copy; sleep 60' }, { limits }), {
    code: 'BUILD_FAILED',
    message: /the 50 processes and threads that it may have/,
  });
});

/** The commands of builds in this directory that run. */
function listProcesses({ buildsDirectory }: TestBuilds): readonly string[] {
  const mark = `${markName}=${markOfBuilds(buildsDirectory)}`;
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const [environment, command] = ['environ', 'cmdline'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'latin1'));
      return environment!.split('\0').includes(mark) ? [command!.replaceAll('\0', ' ')] : [];
    } catch {
      return [];
    }
  });
}
