import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { collect } from '@deployguard/testkit';
import { aSandbox } from '../../../test/a-sandbox.ts';
import { buildSampleRelease, writeSampleArtifact } from '../../../test/sample-release.ts';
import { answerOf, askUntilReady, isCode, testTarget } from '../../../test/target-conformance.ts';
import type { TargetFixture } from '../../../test/target-conformance.ts';
import { until } from '../../../test/until.ts';
import { DeliveryError } from '../../delivery-error.ts';
import type { Release } from '../../release/release.ts';
import type { InstanceRecord } from '../supervised/instance-record.ts';
import { listInstanceProcesses, readProcess } from './process-table.ts';
import { createProcessTarget } from './process-target.ts';
import type { ProcessTargetOptions } from './process-target.ts';

const limit = { timeout: 120_000 };

interface Fixture extends TargetFixture {
  readonly directory: string;
}

interface Context {
  after(done: () => Promise<void> | void): void;
}

async function open(context: Context, options: Partial<ProcessTargetOptions> = {}): Promise<Fixture> {
  const directory = mkdtempSync(join(tmpdir(), 'deployguard-target-'));
  const reopen = () => createProcessTarget({ directory: join(directory, 'target'), ...options });
  context.after(async () => {
    for (const application of ['sample', 'other']) await reopen().destroy(application);
    rmSync(directory, { recursive: true, force: true });
  });
  return { target: reopen(), reopen, artifact: writeSampleArtifact(directory), directory };
}

const openInSandbox = (context: Context): Promise<Fixture> => open(context, { openSandbox: aSandbox });

for (const [name, openOne] of [
  ['process target', open],
  ['process target in a sandbox', openInSandbox],
] as const) {
  testTarget(name, openOne);

  test(`${name}: of an instance that is stopped no process is left, not even one that left its session`, limit, async (context) => {
    const { target, artifact, directory } = await openOne(context);
    const release = buildSampleRelease(artifact, { env: { BEHAVIOR: 'runaway' } });
    await target.prepare(release);
    const instance = await target.startCandidate(release, { id: 'run-1' });
    await askUntilReady(instance);
    const marker = join(directory, 'target', 'applications', 'sample', 'instances', 'run-1');
    const before = new Set(listInstanceProcesses(marker).map(({ session }) => session));

    await target.stop(instance, { graceMs: 5000 });

    assert.equal(before.size, 2);
    assert.deepEqual(listInstanceProcesses(marker), []);
  });

  test(`${name}: a port that a start had reserved which was broken off is not kept`, limit, async (context) => {
    const { target, artifact, directory } = await openOne(context);
    const release = buildSampleRelease(artifact);
    await target.prepare(release);
    const ports = join(directory, 'target', 'ports');
    mkdirSync(ports, { recursive: true });
    for (const [port, id] of [
      ['29000', 'run-1'],
      ['29001', 'run-2'],
    ] as const)
      writeFileSync(join(ports, port), join(directory, 'target', 'applications', 'sample', 'instances', id));

    const instance = await target.startCandidate(release, { id: 'run-1' });
    const whileItRuns = readdirSync(ports);
    await target.stop(instance, { graceMs: 0 });

    assert.deepEqual(new Set(whileItRuns), new Set(['29001', String(instance.address.port)]));
    assert.deepEqual(readdirSync(ports), ['29001']);
  });

  test(`${name}: on a full disk, too, what ends is started again`, limit, async (context) => {
    const { target, artifact, directory } = await openOne(context);
    const release = buildSampleRelease(artifact);
    await target.prepare(release);
    const own = join(directory, 'target', 'applications', 'sample', 'instances', 'run-1');
    mkdirSync(own, { recursive: true });
    symlinkSync('/dev/full', join(own, 'supervisor.log'));
    const instance = await target.startCandidate(release, { id: 'run-1' });
    await askUntilReady(instance);
    symlinkSync('/dev/full', join(own, `instance.json.${instance.handle.pid}`));

    await answerOf(instance, '/crash');
    const answer = await askUntilReady(instance);

    assert.equal(answer.version, '1');
    assert.notEqual(readProcess(instance.handle.pid), undefined);
  });

  test(`${name}: on a full disk, too, an instance can be stopped, and what it kept goes`, limit, async (context) => {
    const { target, artifact, directory } = await openOne(context);
    const release = buildSampleRelease(artifact);
    await target.prepare(release);
    const instance = await target.startCandidate(release, { id: 'run-1' });
    await askUntilReady(instance);
    const own = join(directory, 'target', 'applications', 'sample', 'instances', 'run-1');
    for (const file of ['stop.json', 'instance.json']) symlinkSync('/dev/full', join(own, `${file}.${process.pid}`));

    await target.stop(instance, { graceMs: 0 });

    assert.deepEqual(listInstanceProcesses(own), []);
    assert.equal(existsSync(join(own, 'home')), false);
  });

  test(`${name}: an application whose supervisor was killed serves on, is found, and can be stopped`, limit, async (context) => {
    const { target, artifact, reopen } = await openOne(context);
    const release = buildSampleRelease(artifact);
    await target.prepare(release);
    const instance = await target.startCandidate(release, { id: 'run-1' });
    await askUntilReady(instance);
    const { pid } = instance.handle;

    process.kill(pid, 'SIGKILL');
    await until('the supervisor is gone', () => readProcess(pid) === undefined);
    const [found] = await reopen().list('sample');
    const answer = await answerOf(instance);
    const state = await reopen().inspect(instance);
    await reopen().stop(instance, { graceMs: 5000 });

    assert.deepEqual(found, instance);
    assert.deepEqual([state?.status, state?.isOrphaned], ['running', true]);
    assert.equal(answer?.version, '1');
    assert.equal(await answerOf(instance), undefined);
  });

  test(
    `${name}: of an instance that ended with the machine it is told that something is left, which goes when it is stopped`,
    limit,
    async (context) => {
      const { target, artifact, directory } = await openOne(context);
      const release = buildSampleRelease(artifact);
      await target.prepare(release);
      const instance = await target.startCandidate(release, { id: 'run-1' });
      await askUntilReady(instance);
      const own = join(directory, 'target', 'applications', 'sample', 'instances', 'run-1');
      const inspect = async () => target.inspect(instance, { seesPorts: false });

      // As whoever ends all processes does.
      process.kill(instance.handle.pid, 'SIGTERM');
      await until('its supervisor has ended', () => readProcess(instance.handle.pid) === undefined);
      const lost = await inspect();
      await target.stop(instance, { graceMs: 0 });

      assert.deepEqual([lost?.status, lost?.isLost, (await inspect())?.isLost], ['exited', true, undefined]);
      assert.deepEqual(
        ['home', 'tmp'].filter((folder) => existsSync(join(own, folder))),
        [],
      );
      assert.deepEqual(readdirSync(join(directory, 'target', 'ports')), []);
    },
  );

  test(
    `${name}: a release that could not be copied leaves nothing, and one that stands in the place of what was built is not taken`,
    limit,
    async (context) => {
      const { target, artifact, directory } = await openOne(context);
      const release = buildSampleRelease(artifact);
      const releases = join(directory, 'target', 'applications', 'sample', 'releases');
      mkdirSync(join(releases, `${release.id}.new`, 'half'), { recursive: true });
      const link = join(directory, 'link');
      symlinkSync('/etc', link);

      await target.removeRelease('sample', release.id);

      assert.deepEqual(readdirSync(releases), []);
      const elsewhere = { ...release, artifact: { ...release.artifact, path: link } as typeof release.artifact };
      await assert.rejects(target.prepare(elsewhere), { code: 'ARTIFACT_MISSING' });
    },
  );

  for (const behavior of ['hungry', 'hungryRunaway'])
    test(
      `${name}: an application that uses too much memory is ended and started again, and the reason is told: ${behavior}`,
      limit,
      async (context) => {
        const { target, artifact } = await openOne(context);
        const release = buildSampleRelease(artifact, {
          env: { BEHAVIOR: behavior },
          limits: { cpuMillis: 1000, memoryBytes: 256 * 1024 * 1024 },
        });
        await target.prepare(release);
        const instance = await target.startCandidate(release, { id: 'run-1' });

        const exit = await until('it is ended', async () => (await target.inspect(instance))?.lastExit);

        assert.equal(exit.reason, 'memory');
      },
    );

  test(`${name}: what a program is mapped from is not counted as memory that it uses`, limit, async (context) => {
    const { target, artifact, directory } = await openOne(context);
    const memoryBytes = 36 * 1024 * 1024;
    const release = buildSampleRelease(artifact, { limits: { cpuMillis: 1000, memoryBytes } });
    await target.prepare(release);
    const instance = await target.startCandidate(release, { id: 'run-1' });
    await askUntilReady(instance);

    const marker = join(directory, 'target', 'applications', 'sample', 'instances', 'run-1');
    const resident = listInstanceProcesses(marker).reduce((sum, { residentBytes }) => sum + residentBytes, 0);
    await setTimeout(1500);
    const state = await target.inspect(instance);

    assert.ok(resident > memoryBytes, `${resident}`);
    assert.equal(state?.lastExit, undefined);
    assert.equal(state?.status, 'running');
  });

  test(`${name}: an application in a folder of what was built runs there, with what lies around it`, limit, async (context) => {
    const { target, artifact, directory } = await openOne(context);
    const whole = join(directory, 'whole');
    mkdirSync(join(whole, 'apps'), { recursive: true });
    cpSync((artifact as { path: string }).path, join(whole, 'apps', 'web'), { recursive: true });
    writeFileSync(join(whole, 'around.mjs'), 'import "./apps/web/application.mjs";');
    const release = buildSampleRelease(
      { kind: 'directory', path: whole, folder: 'apps/web', digest: 'sha256:0001' },
      { commands: { start: 'test -f application.mjs && exec node ../../around.mjs' } },
    );
    await target.prepare(release);

    const instance = await target.startCandidate(release, { id: 'run-1' });
    await askUntilReady(instance);

    assert.equal((await answerOf(instance))?.version, '1');
  });

  test(
    `${name}: each instance gets a port of its own, whatever it was to listen on, and a program that is not there is named`,
    limit,
    async (context) => {
      const { target, artifact } = await openOne(context);
      const release = buildSampleRelease(artifact);
      await target.prepare(release);
      const instance = await target.startCandidate(release, { id: 'run-1' });
      await askUntilReady(instance);

      const other = await target.startCandidate({ ...release, port: instance.address.port }, { id: 'run-2' });
      await askUntilReady(other);
      assert.notEqual(other.address.port, instance.address.port);
      await assert.rejects(
        target.startCandidate({ ...release, commands: { start: ['no-such-program'] } }, { id: 'run-3' }),
        isCode('START_FAILED'),
      );
      await assert.rejects(target.startCandidate({ ...release, commands: {} }, { id: 'run-4' }), isCode('RELEASE_INVALID'));
    },
  );

  test(`${name}: a program that a signal ends, and one that writes too large a file, end for that reason`, limit, async (context) => {
    const { target, artifact } = await openOne(context);
    const reasonOf = async (id: string, start: string, pids?: number): Promise<string | undefined> => {
      const limits = { cpuMillis: 1000, memoryBytes: 2 ** 30, ...(pids !== undefined && { pids }), fileBytes: 1000 };
      const release = buildSampleRelease(artifact, { id, commands: { start }, limits });
      await target.prepare(release);
      const instance = await target.startCandidate(release, { id });
      return await until('it ends', async () => (await target.inspect(instance))?.lastExit?.reason);
    };

    assert.equal(await reasonOf('signal', 'sleep 1; kill -SEGV $$'), 'signal');
    assert.equal(await reasonOf('disk', 'cd; exec head -c 2000 /dev/zero > big'), 'disk');
    assert.equal(await reasonOf('pids', 'sleep 60 & sleep 60 & sleep 60', 2), 'pids');
    // B9: nobody has to set a limit.
    assert.equal(await reasonOf('copies', 'copy() { copy | copy & sleep 1; }; copy; wait'), 'pids');
  });

  test(`B9 ${name}: folders in folders that an application makes in its home go with it`, limit, async (context) => {
    const { target, artifact, directory } = await openOne(context);
    const start = `cd; perl -e 'for (1..600) { mkdir "dddddddd"; chdir "dddddddd" }'; exec sleep 60`;
    const release = buildSampleRelease(artifact, { commands: { start } });
    const applications = join(directory, 'target', 'applications');
    await target.prepare(release);
    for (const id of ['run-1', 'run-2']) {
      const made = join(applications, 'sample', 'instances', id, 'home', ...Array<string>(300).fill('dddddddd'));
      await target.startCandidate(release, { id });
      await until('it has made them', async () => existsSync(made) || undefined);
    }

    await target.destroy('sample');

    assert.deepEqual(listInstanceProcesses(join(applications, 'sample', 'instances', 'run-2')), []);
    assert.deepEqual(readdirSync(applications), []);
  });

  test(`${name}: secrets of an application are in no file`, limit, async (context) => {
    const { target, artifact, directory } = await openOne(context);
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
}

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

test(
  'a process that has the id and the start time of a supervisor of before the machine was started anew is not touched',
  limit,
  async (context) => {
    const { target, directory } = await open(context);
    const instanceDirectory = join(directory, 'target', 'applications', 'sample', 'instances', 'run-1');
    mkdirSync(instanceDirectory, { recursive: true });
    const stranger = spawn('sleep', ['300']);
    context.after(() => void stranger.kill());
    const handle = { pid: stranger.pid!, startTicks: readProcess(stranger.pid!)!.startTicks, boot: 'before' };
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
    assert.deepEqual([state?.status, state?.isLost], ['exited', true]);
    assert.notEqual(readProcess(stranger.pid!), undefined);
  },
);

test('of a release that is started again and again, the logs of the last instances are kept', limit, async (context) => {
  const { target, artifact, directory } = await open(context);
  const instances = join(directory, 'target', 'applications', 'sample', 'instances');
  const [release, other] = ['one', 'two'].map((id) => buildSampleRelease(artifact, { id, commands: { start: 'sleep 300' } }));
  const startAndStop = async (of: Release, id: string): Promise<void> => {
    await target.prepare(of);
    await target.stop(await target.startCandidate(of, { id }), { graceMs: 0 });
  };
  await startAndStop(other!, 'run-of-another');
  const running = await target.startCandidate(other!, { id: 'running' });
  await startAndStop(release!, 'run-1');
  const record = JSON.parse(readFileSync(join(instances, 'run-1', 'instance.json'), 'utf8')) as InstanceRecord;
  for (let run = 2; run <= 23; run++) {
    const startedAt = new Date(Date.parse(record.instance.startedAt) + run).toISOString();
    const ran = { ...record, instance: { ...record.instance, id: `run-${run}`, startedAt } };
    mkdirSync(join(instances, `run-${run}`));
    writeFileSync(join(instances, `run-${run}`, 'instance.json'), JSON.stringify(ran));
  }

  await startAndStop(release!, 'run-24');

  const kept = Array.from({ length: 21 }, (_, index) => `run-${index + 4}`);
  assert.deepEqual(readdirSync(instances).toSorted(), ['run-of-another', 'running', ...kept].toSorted());
  assert.deepEqual(await target.list('sample'), [running]);
});

test('two supervisors of one instance: the second one leaves it to the first', limit, async (context) => {
  const { target, artifact, reopen } = await open(context);
  const release = buildSampleRelease(artifact);
  await target.prepare(release);

  const instances = await Promise.all([target, reopen(), reopen()].map((each) => each.startCandidate(release, { id: 'run-1' })));

  assert.deepEqual(instances[1], instances[0]);
  assert.deepEqual(instances[2], instances[0]);
});

test(
  'B12 a hostile application reads and changes nothing that is not its own, and serves all the same; without a sandbox it could',
  limit,
  async (context) => {
    const attempts = async (openSandbox?: ProcessTargetOptions['openSandbox']): Promise<Record<string, string>> => {
      const { target, artifact, directory } = await open(context, openSandbox && { openSandbox });
      const keyring = join(directory, 'keyring');
      writeFileSync(keyring, 'the key of the service', { mode: 0o600 });
      const secret = ['swordfish', 'and', 'chips'].join('-');
      const other = buildSampleRelease(artifact, { application: 'other', env: { TOKEN: secret }, secretNames: ['TOKEN'] });
      await target.prepare(other);
      const victim = await target.startCandidate(other, { id: 'victim' });
      await askUntilReady(victim);
      const places = join(directory, 'target', 'applications');
      const { program } = JSON.parse(readFileSync(join(places, 'other', 'instances', 'victim', 'instance.json'), 'utf8')) as InstanceRecord;
      const files = {
        keyring,
        release: join(places, 'other', 'releases', 'one', 'application.mjs'),
        record: join(places, 'sample', 'instances', 'run-1', 'instance.json'),
      };
      const release = buildSampleRelease(artifact, {
        commands: { start: ['node', 'hostile.mjs'] },
        env: { FILES: JSON.stringify(files), VICTIM: String(program!.pid), SECRET: Buffer.from(secret).toString('base64') },
      });
      cpSync(join(import.meta.dirname, '..', '..', '..', 'test', 'hostile-application.mjs'), join(directory, 'artifact', 'hostile.mjs'));
      await target.prepare(release);
      const instance = await target.startCandidate(release, { id: 'run-1' });
      const answer = (await until('it answers', () => answerOf(instance))) as unknown as Record<string, string>;
      assert.equal((await answerOf(victim))?.version, '1');
      return answer;
    };

    const loose = await attempts();
    const kept = await attempts(aSandbox);

    const names = ['keyring', 'release', 'record', 'environments', 'signal', 'own'];
    assert.deepEqual(loose, Object.fromEntries(names.map((name) => [name, 'done'])));
    assert.deepEqual(kept, {
      keyring: 'ENOENT',
      release: 'ENOENT',
      record: 'ENOENT',
      environments: 'nothing',
      signal: 'ESRCH',
      own: 'EROFS',
    });
  },
);

test('in a sandbox, sessions that PHP keeps where its distribution says lie with the instance', limit, async (context) => {
  const { target, artifact, directory } = await openInSandbox(context);
  const release = buildSampleRelease(artifact, {
    commands: { start: 'echo kept > /var/lib/php/sessions/sess_1; exec node application.mjs' },
  });
  await target.prepare(release);

  const instance = await target.startCandidate(release, { id: 'run-1' });
  await askUntilReady(instance);

  const files = join(directory, 'target', 'applications', 'sample', 'instances', 'run-1');
  assert.equal(readFileSync(join(files, 'tmp', 'sess_1'), 'utf8'), 'kept\n');
  await target.stop(instance, { graceMs: 0 });
});

test('where a sandbox is demanded and there is none, nothing is started', limit, async (context) => {
  const refusal = new DeliveryError('SANDBOX_UNAVAILABLE', 'There is none.');
  const { target, artifact } = await open(context, { openSandbox: () => Promise.reject(refusal) });
  const release = buildSampleRelease(artifact);
  await target.prepare(release);

  await assert.rejects(target.startCandidate(release, { id: 'run-1' }), isCode('SANDBOX_UNAVAILABLE'));
  assert.deepEqual(await target.list('sample'), []);
});
