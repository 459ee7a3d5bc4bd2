import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { collect } from '@deployguard/testkit';
import { buildSampleRelease, writeSampleArtifact } from '../../../test/sample-release.ts';
import { answerOf, askUntilReady, isCode, testTarget } from '../../../test/target-conformance.ts';
import type { TargetFixture } from '../../../test/target-conformance.ts';
import { until } from '../../../test/until.ts';
import { readProcess } from './process-table.ts';
import { createProcessTarget } from './process-target.ts';

const limit = { timeout: 120_000 };

interface Fixture extends TargetFixture {
  readonly directory: string;
}

async function open(context: { after(done: () => Promise<void> | void): void }): Promise<Fixture> {
  const directory = mkdtempSync(join(tmpdir(), 'deployguard-target-'));
  const reopen = () => createProcessTarget({ directory: join(directory, 'target') });
  context.after(async () => {
    await reopen().destroy('sample');
    rmSync(directory, { recursive: true, force: true });
  });
  return { target: reopen(), reopen, artifact: writeSampleArtifact(directory), directory };
}

testTarget('process target', open);

test('of an instance that is stopped no process is left, not even one that left its session', limit, async (context) => {
  const { target, artifact } = await open(context);
  const release = buildSampleRelease(artifact, { env: { BEHAVIOR: 'runaway' } });
  await target.prepare(release);
  const instance = await target.startCandidate(release, { id: 'run-1' });
  await askUntilReady(instance);
  const lines = await collect(target.logs(instance));
  const runaway = Number(lines.flatMap(({ text }) => /^runaway (\d+)$/.exec(text)?.[1] ?? [])[0]);
  const before = readProcess(runaway);

  await target.stop(instance, { graceMs: 5000 });

  assert.ok(before !== undefined);
  assert.equal(readProcess(runaway)?.startTicks === before.startTicks, false);
});

test('an application whose supervisor was killed serves on, is found, and can be stopped', limit, async (context) => {
  const { target, artifact, reopen } = await open(context);
  const release = buildSampleRelease(artifact);
  await target.prepare(release);
  const instance = await target.startCandidate(release, { id: 'run-1' });
  await askUntilReady(instance);
  const { pid } = instance.handle;

  process.kill(pid, 'SIGKILL');
  await until('the supervisor is gone', () => readProcess(pid) === undefined);
  const [found] = await reopen().list('sample');
  const answer = await answerOf(instance);
  await reopen().stop(instance, { graceMs: 5000 });

  assert.deepEqual(found, instance);
  assert.equal(answer?.version, '1');
  assert.equal(await answerOf(instance), undefined);
});

test('a process that has the id of an instance, but is another one, is not touched', limit, async (context) => {
  const { target, directory } = await open(context);
  const instanceDirectory = join(directory, 'target', 'applications', 'sample', 'instances', 'run-1');
  mkdirSync(instanceDirectory, { recursive: true });
  // This very process, with the start time of an earlier one.
  const handle = { pid: process.pid, startTicks: 1 };
  const instance = {
    id: 'run-1',
    application: 'sample',
    release: 'one',
    address: { host: '127.0.0.1', port: 1 },
    startedAt: '2026-01-01T00:00:00.000Z',
    handle,
  };
  const record = { instance, program: handle, state: { status: 'running', restarts: 0 } };
  writeFileSync(join(instanceDirectory, 'instance.json'), JSON.stringify(record));

  const present = await target.list('sample');
  const state = await target.inspect(instance);
  await target.stop(instance, { graceMs: 0 });

  assert.deepEqual(present, []);
  assert.equal(state?.status, 'exited');
});

test('an application that uses too much memory is ended and started again, and the reason is told', limit, async (context) => {
  const { target, artifact } = await open(context);
  const release = buildSampleRelease(artifact, {
    env: { BEHAVIOR: 'hungry' },
    limits: { cpuMillis: 1000, memoryBytes: 256 * 1024 * 1024 },
  });
  await target.prepare(release);
  const instance = await target.startCandidate(release, { id: 'run-1' });

  const exit = await until('it is ended', async () => (await target.inspect(instance))?.lastExit);

  assert.equal(exit.reason, 'memory');
});

test('two supervisors of one instance: the second one leaves it to the first', limit, async (context) => {
  const { target, artifact, reopen } = await open(context);
  const release = buildSampleRelease(artifact);
  await target.prepare(release);

  const instances = await Promise.all([target, reopen(), reopen()].map((each) => each.startCandidate(release, { id: 'run-1' })));

  assert.deepEqual(instances[1], instances[0]);
  assert.deepEqual(instances[2], instances[0]);
});

test('a port that somebody has is refused by name, and a program that is not there is named', limit, async (context) => {
  const { target, artifact } = await open(context);
  const release = buildSampleRelease(artifact);
  await target.prepare(release);
  const instance = await target.startCandidate(release, { id: 'run-1' });
  await askUntilReady(instance);

  await assert.rejects(target.startCandidate({ ...release, port: instance.address.port }, { id: 'run-2' }), isCode('PORT_TAKEN'));
  await assert.rejects(
    target.startCandidate({ ...release, commands: { start: ['no-such-program'] } }, { id: 'run-3' }),
    isCode('START_FAILED'),
  );
  await assert.rejects(target.startCandidate({ ...release, commands: {} }, { id: 'run-4' }), isCode('RELEASE_INVALID'));
});

test('secrets of an application are in no file', limit, async (context) => {
  const { target, artifact, directory } = await open(context);
  const secret = ['swordfish', 'and', 'chips'].join('-');
  const release = buildSampleRelease(artifact, { env: { TOKEN: secret, PRINT: secret }, secretNames: ['TOKEN'] });
  await target.prepare(release);
  const instance = await target.startCandidate(release, { id: 'run-1' });
  await askUntilReady(instance);
  await answerOf(instance, '/print');
  await until('it is printed', async () => (await collect(target.logs(instance))).some(({ text }) => text.startsWith('printed')));

  const holders = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(secret));

  assert.deepEqual(holders, []);
});
