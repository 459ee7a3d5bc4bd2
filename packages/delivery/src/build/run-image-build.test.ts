import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { createBuildLog } from './build-log.ts';
import { endRunSteps, removeWorkContainers } from './image-leftovers.ts';
import { runImageBuild } from './run-image-build.ts';

const limit = { timeout: 60_000 };

/** A build by a program that stands for the engine: what matters is when and how it ends. */
async function runWith(script: string, { timeoutSeconds = 60, signal }: { timeoutSeconds?: number; signal?: AbortSignal } = {}) {
  using directory = createTemporaryDirectory();
  const program = join(directory.path, 'engine');
  writeFileSync(program, `#!/bin/sh\n[ "$1" = info ] && exit\n${script}\n`);
  chmodSync(program, 0o755);
  await runImageBuild({
    engine: { kind: 'podman', program, environment: { PATH: '/usr/bin:/bin' } },
    args: [],
    temporaryDirectory: directory.path,
    mark: directory.path,
    timeoutSeconds,
    log: createBuildLog({ onLine: () => {}, mask: [], maxBytes: 1024 }),
    ...(signal && { signal }),
  });
}

/** After the program has begun to run. */
function cancelSoon(): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 200);
  return controller.signal;
}

test('a build that comes to its end although it was to be stopped has succeeded', limit, async () => {
  await assert.doesNotReject(runWith('sleep 1', { timeoutSeconds: 0.2 }));
  await assert.doesNotReject(runWith('sleep 1', { signal: cancelSoon() }));
});

test('a build that is stopped says by what', limit, async () => {
  await assert.rejects(runWith('sleep 1; exit 125', { timeoutSeconds: 0.2 }), { code: 'BUILD_TIMED_OUT' });
  await assert.rejects(runWith('sleep 1; exit 125', { signal: cancelSoon() }), { code: 'CANCELLED' });
  await assert.rejects(runWith('echo "Error: building at STEP 2" >&2; exit 1'), { code: 'BUILD_FAILED', message: /STEP 2/ });
});

test('what was cancelled before it began is not begun', limit, async () => {
  await assert.rejects(runWith('exit 0', { signal: AbortSignal.abort() }), { code: 'CANCELLED' });
});

test('a disk that is full is not the fault of the application', limit, async () => {
  await assert.rejects(runWith('echo "write /var/tmp/storage1: no space left on device" >&2; exit 125'), {
    code: 'DISK_FULL',
    fault: 'platform',
    message: /no space left/,
  });
});

test('which container a command runs in is said by the engine, not by a file that the command can write; what the engine runs is not removed', async () => {
  using directory = createTemporaryDirectory();
  const [own, running, written] = ['a'.repeat(12), 'b'.repeat(12), 'c'.repeat(12)];
  const program = join(directory.path, 'engine');
  writeFileSync(
    program,
    `#!/bin/sh\necho "$*" >>${directory.path}/calls\n[ "$1" = container ] || exit 0\n[ "$*" = "container exists ${running}" ]\n`,
    { mode: 0o755 },
  );
  for (const [name, hostname] of Object.entries({ buildah1: own, buildah2: running })) {
    mkdirSync(join(directory.path, name));
    writeFileSync(join(directory.path, name, 'config.json'), JSON.stringify({ ociVersion: '1.0.0', hostname }));
    writeFileSync(join(directory.path, name, 'hostname'), written);
  }
  mkdirSync(join(directory.path, 'buildah3'));

  const ids = await endRunSteps(directory.path);
  await removeWorkContainers(ids, { kind: 'podman', program, environment: { PATH: '/usr/bin:/bin' } });

  assert.deepEqual(ids.toSorted(), [own, running]);
  const calls = readFileSync(join(directory.path, 'calls'), 'utf8').split('\n');
  assert.deepEqual(
    calls.filter((call) => call.startsWith('rm ')),
    [`rm --force --volumes ${own}`],
  );
});
