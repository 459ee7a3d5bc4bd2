import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { runEngine } from './run-engine.ts';

const id = 'sha256:e6eef38449db82c82e0eda152c636c305b13f8b9039e3f08b2bc1747d96418e4';
const refusal = `trying to reuse blob ${id} at destination: pinging container registry 127.0.0.1:1: Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused`;
const progress = `Getting image source signatures\nCopying blob ${id}\n`;
/** What Podman 4.3 prints when nobody listens at the registry. */
const refusedPush = [
  ...[1, 2, 3].map(
    (count) =>
      `${progress}time="2026-11-23T22:27:0${count}Z" level=warning msg="Failed, retrying in 1s ... (${count}/3). Error: ${refusal.replaceAll('"', '\\"')}"\n`,
  ),
  `${progress}Error: ${refusal}\n`,
].join('');

/** An engine that prints a text as its complaint, and fails. */
async function fail(context: TestContext, complaint: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'deployguard-engine-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  const program = join(directory, 'podman');
  writeFileSync(`${program}.txt`, complaint);
  writeFileSync(program, `#!/bin/sh\ncat '${program}.txt' >&2\nexit 125\n`);
  chmodSync(program, 0o755);
  const engine = { kind: 'podman', program, environment: { PATH: '/usr/bin:/bin' } } as const;
  const error = await runEngine(engine, ['push', 'somewhere']).then(
    () => assert.fail('it did not fail'),
    (reason: unknown) => reason as Error,
  );
  return error.message.slice(error.message.indexOf('failed'));
}

test('of a push that failed the reason is told, and not how far it came or how often it was tried', async (context) => {
  assert.equal(await fail(context, refusedPush), `failed with status 125: Error: ${refusal}`);
});

test('of a very long complaint both ends are told', async (context) => {
  const message = await fail(context, `Error: pushing it: ${'and so on, '.repeat(200)}connection refused\n`);

  assert.match(message, /^failed with status 125: Error: pushing it: and so on.* … .*connection refused$/);
  assert.ok(message.length < 400);
});

test('where nothing else was said, progress is told', async (context) => {
  assert.equal(await fail(context, progress), `failed with status 125: Getting image source signatures\nCopying blob ${id}`);
});
