import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runProcess } from '@deployguard/process';
import { collect } from '@deployguard/testkit';
import { findTestEngine, skipContainerTests, startTestRegistry } from '../../../test/an-engine.ts';
import { buildSampleRelease } from '../../../test/sample-release.ts';
import { answerOf, askUntilReady, isCode, testTarget } from '../../../test/target-conformance.ts';
import type { TargetFixture } from '../../../test/target-conformance.ts';
import { until } from '../../../test/until.ts';
import { runEngine } from '../../containers/run-engine.ts';
import { countOomKills } from '../supervised/count-oom-kills.ts';
import type { Artifact } from '../target.ts';
import { createContainerTarget } from './container-target.ts';

const engine = findTestEngine();
if (engine !== undefined) {
  const limit = { timeout: 600_000 };
  let making: Promise<Artifact> | undefined;

  /** The sample application in an image, made once. */
  async function makeImage(): Promise<Artifact> {
    const node = process.env['DEPLOYGUARD_BASE_IMAGE'] ?? (await makeNode());
    const directory = mkdtempSync(join(tmpdir(), 'deployguard-image-'));
    cpSync(join(import.meta.dirname, '..', '..', '..', 'test', 'sample-application.mjs'), join(directory, 'application.mjs'));
    writeFileSync(
      join(directory, 'Dockerfile'),
      `FROM ${node}\nWORKDIR /app\nCOPY application.mjs .\nUSER 10001:10001\nCMD ["node", "application.mjs"]\n`,
    );
    const printed = await runEngine(engine!, ['build', '--quiet', ...(engine!.buildArguments ?? []), directory], { timeoutSeconds: 300 });
    rmSync(directory, { recursive: true, force: true });
    const digest = printed.trim();
    return { kind: 'image', reference: digest, digest };
  }

  async function makeNode(): Promise<string> {
    await using registry = await startTestRegistry();
    const { node } = await registry.makeBases('debian', 'node');
    return node!;
  }

  async function open(
    context: { after(done: () => Promise<void> | void): void },
    applications: readonly string[] = ['sample'],
  ): Promise<TargetFixture & { readonly directory: string }> {
    const artifact = await (making ??= makeImage());
    const directory = mkdtempSync(join(tmpdir(), 'deployguard-containers-'));
    // The image is used by the next test too.
    await runEngine(engine!, ['create', '--name', `${directory.split('/').at(-1)}`, artifact.digest]);
    const reopen = () => createContainerTarget({ engine: engine!, directory });
    context.after(async () => {
      for (const application of applications) await reopen().destroy(application);
      await runEngine(engine!, ['rm', '--force', `${directory.split('/').at(-1)}`]);
      rmSync(directory, { recursive: true, force: true });
    });
    return { target: reopen(), reopen, artifact, directory };
  }

  testTarget('container target', open);

  test('a container has no rights, a file system that cannot be written, and its limits', limit, async (context) => {
    const { target, artifact } = await open(context);
    const release = buildSampleRelease(artifact, { commands: {}, limits: { cpuMillis: 500, memoryBytes: 128 * 1024 * 1024, pids: 50 } });
    await target.prepare(release);
    const instance = await target.startCandidate(release, { id: 'run-1' });
    await askUntilReady(instance);
    const [name = ''] = (await runEngine(engine, ['ps', '--filter', 'label=deployguard.instance=run-1', '--format', '{{.Names}}']))
      .trim()
      .split('\n');

    const host = JSON.parse(await runEngine(engine, ['container', 'inspect', '--format', '{{json .HostConfig}}', name])) as Record<
      string,
      unknown
    >;
    const status = await runEngine(engine, ['exec', name, 'cat', '/proc/1/status']);
    const written = await runEngine(engine, ['exec', name, 'touch', '/app/file']).then(
      () => 'written',
      (error: unknown) => String(error),
    );

    assert.match(status, /^CapEff:\s+0+$/m);
    assert.match(status, /^NoNewPrivs:\s+1$/m);
    assert.match(status, /^Uid:\s+10001/m);
    assert.match(written, /Read-only file system/);
    assert.equal(host['Memory'], 128 * 1024 * 1024);
    assert.equal(host['PidsLimit'], 50);
    assert.equal(host['Privileged'], false);
  });

  test(
    'a container has the share of the processors that its release may have, and 512 processes where that says nothing',
    limit,
    async (context) => {
      const { target, artifact } = await open(context);
      const release = buildSampleRelease(artifact, { commands: {}, limits: { cpuMillis: 250, memoryBytes: 128 * 1024 * 1024 } });
      await target.prepare(release);
      const instance = await target.startCandidate(release, { id: 'run-limited' });
      await askUntilReady(instance);

      const kept = await runEngine(engine, ['exec', await nameOf('run-limited'), 'sh', '-c', printLimits]);

      assert.deepEqual(kept.trim().split(/\s+/), ['25000', '100000', '512']);
    },
  );

  test('a container that uses too much memory is ended by the kernel, and the reason is told', limit, async (context) => {
    const { target, artifact } = await open(context);
    const limits = { cpuMillis: 1000, memoryBytes: 128 * 1024 * 1024 };
    const release = buildSampleRelease(artifact, { env: { BEHAVIOR: 'hungry' }, limits });
    await target.prepare(release);
    const instance = await target.startCandidate(release, { id: 'run-1' });

    const exit = await until('it is ended', async () => (await target.inspect(instance))?.lastExit);

    assert.equal(exit.reason, 'memory');
  });

  test('a container that somebody kills is not said to have used too much memory', limit, async (context) => {
    const { target, artifact } = await open(context);
    const release = buildSampleRelease(artifact, { commands: {} });
    await target.prepare(release);
    const killsBefore = countOomKills();
    const instance = await target.startCandidate(release, { id: 'run-1' });
    await askUntilReady(instance);
    const name = (await runEngine(engine, ['ps', '--filter', 'label=deployguard.instance=run-1', '--format', '{{.Names}}'])).trim();

    await runEngine(engine, ['kill', name]);
    const exit = await until('it is ended', async () => (await target.inspect(instance))?.lastExit);

    // Other tests of this machine may make the kernel kill something just now.
    assert.equal(exit.reason, countOomKills() === killsBefore ? 'signal' : 'memory');
  });

  test(
    'secrets stand in no argument list and in nothing that the engine tells; names that the engine reads itself cannot be secrets of several lines',
    limit,
    async (context) => {
      const { target, artifact } = await open(context);
      const secret = ['swordfish', 'and', 'chips'].join('-');
      const release = buildSampleRelease(artifact, {
        env: { GREETING: secret, LD_PRELOAD: '/nowhere.so', DOCKER_HOST: 'tcp://192.0.2.1' },
        secretNames: ['GREETING'],
      });
      await target.prepare(release);
      const instance = await target.startCandidate(release, { id: 'run-1' });
      const answer = await askUntilReady(instance);
      const { stdout } = await runProcess({ program: 'ps', args: ['axww', '-o', 'args'], env: { PATH: '/usr/bin:/bin' } });

      assert.equal(answer.env, secret);
      assert.equal(stdout.includes(secret), false);
      const ofTwoLines = { ...release, id: 'two', env: { DOCKER_HOST: 'one\ntwo' }, secretNames: ['DOCKER_HOST'] };
      await assert.rejects(target.prepare(ofTwoLines), isCode('RELEASE_INVALID'));
    },
  );

  test("B4: variables reach a container as they are, and its engine's client is told none of them", limit, async (context) => {
    const { target, artifact } = await open(context);
    const env = {
      QUOTES: `'single' "double"`,
      QUOTED: '"whole"',
      BLANKS: ' \t both ends \t ',
      SIGNS: '#hash $HOME ${HOME} a=b= \\n \\ * `id` %s',
      UNICODE: 'é 漢 🚀 \u2028 \u00a0',
      EMPTY: '',
      LONG: 'x'.repeat(65_000),
      DOCKER_HOST: 'tcp://192.0.2.1',
      LD_PRELOAD: '',
      _UNDERSCORE: 'last',
    };
    // No line of a file for the engine holds them.
    const others = { LINES_OF_KEY: 'one\ntwo\r\n three ', RETURN: 'ends\r', LONGEST: `${'é'.repeat(32_768)}` };
    const release = buildSampleRelease(artifact, { env: { ...env, ...others }, secretNames: ['QUOTES', 'DOCKER_HOST', 'LINES_OF_KEY'] });
    await target.prepare(release);

    const instance = await target.startCandidate(release, { id: 'run-1' });
    await askUntilReady(instance);
    const inside = await runEngine(engine, ['exec', await nameOf('run-1'), 'node', '-p', 'JSON.stringify(process.env)']);
    const client = clientOf(instance.handle.pid);
    await runEngine(engine, ['kill', await nameOf('run-1')]);
    await until('it is started again', async () => ((await target.inspect(instance))?.restarts ?? 0) > 0);
    await askUntilReady(instance);
    const again = await runEngine(engine, ['exec', await nameOf('run-1'), 'printenv', 'QUOTES']);

    for (const [name, value] of Object.entries({ ...env, ...others }))
      assert.equal((JSON.parse(inside) as typeof env)[name as 'LONG'], value);
    for (const [name, value] of Object.entries(env)) {
      assert.ok(!client.environment.some((each) => each.startsWith(`${name}=`)), name);
      assert.ok(value === '' || !client.arguments.includes(value), name);
    }
    for (const value of Object.values(others)) assert.ok(!client.arguments.includes(value));
    assert.equal(again, `${env.QUOTES}\n`);
  });

  test(
    'B4: variables of an application reach neither the engine nor the programs that it starts on this machine',
    limit,
    async (context) => {
      const { target, artifact, directory } = await open(context);
      const written = join(directory, 'written');
      // Where iptables loads its extensions from, with the rights of the engine, and where a library of Podman writes.
      const env = {
        XTABLES_LIBDIR: '/nowhere',
        IPTABLES_LIB_DIR: '/nowhere',
        MODPROBE_OPTIONS: '--config=/nowhere',
        GPGME_DEBUG: `9:${written}`,
      };
      const release = buildSampleRelease(artifact, { env });
      await target.prepare(release);

      const instance = await target.startCandidate(release, { id: 'run-1' });
      const state = await until('it answers, or has ended', async () => {
        const seen = await target.inspect(instance);
        return seen?.lastExit !== undefined || (await answerOf(instance)) !== undefined ? seen : undefined;
      });

      assert.equal(state.lastExit, undefined);
      assert.equal(existsSync(written), false);
      const names = Object.keys(env);
      const inside = await runEngine(engine, ['exec', await nameOf('run-1'), 'printenv', ...names]);
      assert.deepEqual(inside.trim().split('\n'), Object.values(env));
    },
  );

  test('an engine that refuses is told from an application that fails', limit, async (context) => {
    const { target, artifact } = await open(context);
    const unknown = { kind: 'image', reference: '127.0.0.1:1/no/such:image', digest: 'sha256:0' } as const;

    await assert.rejects(target.prepare(buildSampleRelease(unknown)), isCode('ENGINE_FAILED'));
    await assert.rejects(
      createContainerTarget({ engine: { ...engine, program: 'no-such-engine' }, directory: tmpdir() }).prepare(
        buildSampleRelease(artifact),
      ),
      isCode('ENGINE_UNAVAILABLE'),
    );
  });

  test('an image that was removed from the engine comes from its registry when its container starts again', limit, async (context) => {
    const { target, artifact } = await open(context);
    await using registry = await startTestRegistry();
    const name = `${registry.address}/sample`;
    const files = mkdtempSync(join(tmpdir(), 'deployguard-image-'));
    writeFileSync(join(files, 'Dockerfile'), `FROM ${artifact.digest}\nLABEL of=registry\n`);
    await runEngine(engine, ['build', '--quiet', '--tag', name, ...(engine.buildArguments ?? []), files]);
    rmSync(files, { recursive: true });
    await runEngine(engine, ['push', ...(engine.pushArguments ?? []), name]);
    const digest = (await registry.findDigest('sample', 'latest'))!;
    const release = buildSampleRelease({ kind: 'image', reference: `${name}@${digest}`, digest });
    await target.prepare(release);
    const instance = await target.startCandidate(release, { id: 'run-1' });
    await askUntilReady(instance);

    const id = await runEngine(engine, ['image', 'inspect', '--format', '{{.Id}}', `${name}@${digest}`]);
    // Not what it is made from, which other tests have.
    await runEngine(engine, ['image', 'rm', '--force', '--no-prune', id.trim()]);
    await until('it is started again', async () => ((await target.inspect(instance))?.restarts ?? 0) > 0);

    await askUntilReady(instance);
    await target.stop(instance, { graceMs: 0 });
    await target.removeRelease('sample', release.id);
  });

  test('a network that was removed from the engine is made again when its application starts', limit, async (context) => {
    const { target, artifact, directory } = await open(context);
    const release = buildSampleRelease(artifact);
    await target.prepare(release);
    const owner = createHash('sha256').update(directory).digest('hex').slice(0, 8);
    // As `podman system prune` does while nothing runs.
    await runEngine(engine, ['network', 'rm', `deployguard-${owner}-sample`]);

    await target.prepare(release);
    const instance = await target.startCandidate(release, { id: 'run-1' });
    await until('it answers, or has ended', async () => {
      const { lastExit } = (await target.inspect(instance)) ?? {};
      return lastExit ?? (await answerOf(instance));
    });

    assert.equal((await target.inspect(instance))?.lastExit, undefined);
  });

  test('what an image has the engine run to look after its container is not run', limit, async (context) => {
    const { target, artifact } = await open(context);
    const files = mkdtempSync(join(tmpdir(), 'deployguard-image-'));
    writeFileSync(join(files, 'Dockerfile'), `FROM ${artifact.digest}\nHEALTHCHECK --interval=1s CMD echo looked\n`);
    const format = engine.kind === 'podman' ? ['--format', 'docker'] : [];
    const digest = (await runEngine(engine, ['build', '--quiet', ...format, ...(engine.buildArguments ?? []), files])).trim();
    rmSync(files, { recursive: true });
    const release = buildSampleRelease({ kind: 'image', reference: digest, digest });
    await target.prepare(release);
    const instance = await target.startCandidate(release, { id: 'run-1' });
    await askUntilReady(instance);

    const check = await runEngine(engine, ['container', 'inspect', '--format', '{{json .Config.Healthcheck}}', await nameOf('run-1')]);
    await target.stop(instance, { graceMs: 0 });
    await target.removeRelease('sample', release.id);

    assert.deepEqual(JSON.parse(check), { Test: ['NONE'] });
  });

  test('a container whose supervisor was killed serves on, is found, and can be stopped', limit, async (context) => {
    const { target, artifact, reopen } = await open(context);
    const release = buildSampleRelease(artifact);
    await target.prepare(release);
    const instance = await target.startCandidate(release, { id: 'run-1' });
    await askUntilReady(instance);

    process.kill(instance.handle.pid, 'SIGKILL');
    const found = await reopen().list('sample');
    const answer = await answerOf(instance);
    await reopen().stop(instance, { graceMs: 2000 });

    assert.deepEqual(found, [instance]);
    assert.equal(answer?.version, '1');
    assert.equal(await answerOf(instance), undefined);
    assert.ok((await collect(target.logs(instance))).length > 0);
  });

  for (const { what, flag, signal } of [
    { what: 'by the signal of its image', flag: '--stop-signal=SIGINT', signal: 'INT' },
    { what: 'behind a first process that waits for signals', flag: '--init', signal: 'TERM' },
  ]) {
    test(`a container that hears that it is to end has its time, ${what}`, limit, async (context) => {
      const { artifact, directory } = await open(context);
      const runArguments = [...(engine.runArguments ?? []), flag];
      const target = createContainerTarget({ engine: { ...engine, runArguments }, directory });
      const start = `trap 'echo asked; exit' ${signal}; echo ready; while :; do sleep 0.1; done`;
      const release = buildSampleRelease(artifact, { commands: { start } });
      await target.prepare(release);
      const instance = await target.startCandidate(release, { id: 'run-1' });
      const printed = async (): Promise<string[]> => (await collect(target.logs(instance))).map(({ text }) => text);
      await until('it runs', async () => (await printed()).includes('ready'));

      await target.stop(instance, { graceMs: 10_000 });

      assert.ok((await printed()).includes('asked'));
    });
  }

  test('the end of an instance takes from other applications nothing that the engine has started for all', limit, async (context) => {
    const applications = ['sample', 'other'];
    const { target, artifact } = await open(context, applications);
    const [first, other] = applications.map((application) => ({ ...buildSampleRelease(artifact), application }));
    const resolve = async (): Promise<string> => await runEngine(engine, ['exec', await nameOf('run-other'), 'node', '-e', resolving]);
    await target.prepare(first!);
    await target.prepare(other!);
    const ending = await target.startCandidate(first!, { id: 'run-sample' });
    await askUntilReady(ending);
    await askUntilReady(await target.startCandidate(other!, { id: 'run-other' }));

    const before = await resolve();
    await target.stop(ending, { graceMs: 2000 });

    // Not every network of an engine has a server of names.
    assert.equal(await resolve(), before);
  });

  test(
    'B10: a container reaches neither those of other applications nor the loopback of this machine, and by a rule of its firewall nothing else of it',
    limit,
    async (context) => {
      const applications = ['sample', 'other'];
      const { target, artifact } = await open(context, applications);
      const [inside, other] = await Promise.all(
        applications.map(async (application) => {
          const release = { ...buildSampleRelease(artifact), application };
          await target.prepare(release);
          const instance = await target.startCandidate(release, { id: `run-${application}` });
          await askUntilReady(instance);
          return instance;
        }),
      );
      const [name, { IPAddress: ofOther }, { Gateway: ofMachine }] = [
        await nameOf('run-sample'),
        await addressesOf(await nameOf('run-other')),
        await addressesOf(await nameOf('run-sample')),
      ];
      const canaries = ['0.0.0.0', '127.0.0.1'].map((host) => createServer((socket) => socket.end()).listen(0, host));
      context.after(() => canaries.map((server) => server.close()));
      await Promise.all(canaries.map((server) => once(server, 'listening')));
      const [onAll, onLoopback] = canaries.map((server) => (server.address() as AddressInfo).port);
      const reach = (host: string, port: number): Promise<string> =>
        runEngine(engine, ['exec', name, 'node', '-e', connecting(host, port)]);
      const iptables = (...args: readonly string[]) =>
        runProcess({ program: 'iptables', args, env: { PATH: '/usr/sbin:/sbin:/usr/bin:/bin' } });
      const bridges =
        (await runEngine(engine, ['info', '--format', '{{.Host.NetworkBackend}}'])).trim() === 'netavark' ? 'podman+' : 'cni-podman+';
      const rule = ['INPUT', '--in-interface', bridges, '--match', 'conntrack', '--ctstate', 'NEW', '--jump', 'REJECT'];

      const before = [
        await reach(ofOther, 8080),
        await reach(ofMachine, onLoopback!),
        await reach('127.0.0.1', onLoopback!),
        await reach(ofMachine, onAll!),
      ];
      await iptables('--insert', ...rule);
      const after = await reach(ofMachine, onAll!).finally(() => iptables('--delete', ...rule));
      const answers = [await answerOf(inside!), await answerOf(other!)].map((answer) => answer?.version);

      assert.deepEqual(before, ['unreachable', 'unreachable', 'unreachable', 'reached']);
      assert.equal(after, 'unreachable');
      assert.deepEqual(answers, ['1', '1']);
    },
  );

  const nameOf = async (instance: string): Promise<string> => {
    const printed = await runEngine(engine, ['ps', '--filter', `label=deployguard.instance=${instance}`, '--format', '{{.Names}}']);
    return printed.split('\n')[0]!;
  };
  /** What everybody, and what its user, can see of the engine's client that a supervisor has started. */
  const clientOf = (supervisor: number): { readonly arguments: string; readonly environment: readonly string[] } => {
    const client = readFileSync(`/proc/${supervisor}/task/${supervisor}/children`, 'utf8').trim().split(' ')[0]!;
    const [commandLine, environment] = ['cmdline', 'environ'].map((file) => readFileSync(`/proc/${client}/${file}`, 'utf8'));
    return { arguments: commandLine!, environment: environment!.split('\0') };
  };
  const addressesOf = async (name: string): Promise<{ readonly IPAddress: string; readonly Gateway: string }> => {
    const printed = await runEngine(engine, ['container', 'inspect', '--format', '{{json .NetworkSettings.Networks}}', name]);
    return Object.values(JSON.parse(printed) as Record<string, { IPAddress: string; Gateway: string }>)[0]!;
  };
} else skipContainerTests('the target of containers');

/** Of both versions of control groups: microseconds of processor time, of how many, and how many processes. */
const printLimits = 'cd /sys/fs/cgroup; cat cpu.max pids.max 2>/dev/null || cat cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us pids/pids.max';

/** A program that says whether the server of names of its network knows its container. */
const resolving = "require('node:dns').resolve4(os.hostname(), (error) => process.stdout.write(error?.code ?? 'resolved'))";

/** A program that says whether something takes its connection. */
function connecting(host: string, port: number): string {
  const say = (word: string): string => `() => { process.stdout.write('${word}'); process.exit(); }`;
  return `require('node:net').connect({ host: '${host}', port: ${port}, timeout: 3000 }).on('connect', ${say('reached')}).on('timeout', ${say('unreachable')}).on('error', ${say('unreachable')})`;
}
