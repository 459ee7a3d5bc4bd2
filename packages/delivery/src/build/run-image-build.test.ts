import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { createBuildLog } from './build-log.ts';
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
