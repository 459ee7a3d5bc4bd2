import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryError } from '../src/delivery-error.ts';
import type { Release } from '../src/release/release.ts';
import type { Instance, LogLine, Target } from '../src/targets/target.ts';
import { buildSampleRelease } from './sample-release.ts';
import { until } from './until.ts';

/** A target and what runs in it; everything is gone when the test ends. */
export interface TargetFixture {
  readonly target: Target;
  /** Another one over the same things, as after a restart of the service. */
  reopen(): Target;
  readonly artifact: Release['artifact'];
}

/** Containers are started by an engine, on a machine that may be busy. */
const limit = { timeout: 600_000 };
const grace = { graceMs: 10_000 };

/** What every target keeps. `open` is called once for each test. */
export function testTarget(
  name: string,
  open: (context: { after(done: () => Promise<void> | void): void }) => Promise<TargetFixture>,
): void {
  test(`${name}: an application that is started answers, with the environment it was given`, limit, async (context) => {
    const { target, artifact } = await open(context);
    const release = buildSampleRelease(artifact, { env: { GREETING: 'two\nlines = "yes" $HOME' } });

    const instance = await start(target, release);
    const answer = await askUntilReady(instance);

    assert.equal(answer.env, 'two\nlines = "yes" $HOME');
    assert.equal((await target.inspect(instance))?.status, 'running');
    assert.deepEqual((await target.inspect(instance))?.listeningPorts?.length, 1);
  });

  test(`${name}: a start that is repeated finds what the first one started, also by another process`, limit, async (context) => {
    const { target, artifact, reopen } = await open(context);
    const release = buildSampleRelease(artifact);
    const instance = await start(target, release);

    const again = await start(target, release);
    const later = await start(reopen(), release);

    assert.deepEqual(again, instance);
    assert.deepEqual(later, instance);
    assert.deepEqual(await reopen().list('sample'), [instance]);
  });

  test(`${name}: a release command runs once to its end, with the environment of the release`, limit, async (context) => {
    const { target, artifact, reopen } = await open(context);
    const commands = { release: 'echo "for $GREETING"; exit 3' };
    const release = buildSampleRelease(artifact, { env: { GREETING: 'all' } });
    const withCommand = { ...release, commands: { ...release.commands, ...commands } };
    await target.prepare(withCommand);

    const instance = await target.startReleaseCommand(withCommand, { id: 'release' });
    await until('the release command has ended', async () => (await target.inspect(instance))?.status === 'exited');
    const again = await reopen().startReleaseCommand(withCommand, { id: 'release' });
    await target.stop(instance, grace);

    assert.deepEqual(again, instance);
    assert.deepEqual((await target.inspect(instance))?.lastExit?.exitCode, 3);
    assert.deepEqual(
      (await texts(target, instance)).filter((text) => text.startsWith('for')),
      ['for all'],
    );
    assert.deepEqual(await target.list('sample'), []);
  });

  test(`${name}: what is stopped runs no more and is told so; stopping it again changes nothing`, limit, async (context) => {
    const { target, artifact } = await open(context);
    const instance = await start(target, buildSampleRelease(artifact));
    await askUntilReady(instance);

    await target.stop(instance, grace);
    await target.stop(instance, grace);

    assert.equal(await answerOf(instance), undefined);
    assert.equal((await target.inspect(instance))?.status, 'exited');
    assert.equal((await target.inspect(instance))?.lastExit?.reason, 'stopped');
    assert.deepEqual(await target.list('sample'), []);
    assert.deepEqual(await target.list('sample', { withEnded: true }), [instance]);
    assert.match((await texts(target, instance)).join(), /listening on/);
  });

  test(`${name}: an application may finish what it does when it is asked to end`, limit, async (context) => {
    const { target, artifact } = await open(context);
    const instance = await start(target, buildSampleRelease(artifact, { env: { BEHAVIOR: 'patient' } }));
    await askUntilReady(instance);

    await target.stop(instance, grace);

    assert.deepEqual((await texts(target, instance)).slice(-2), ['finishing', 'finished']);
  });

  test(`${name}: one that does not want to end is ended after the grace period`, limit, async (context) => {
    const { target, artifact } = await open(context);
    const instance = await start(target, buildSampleRelease(artifact, { env: { BEHAVIOR: 'stubborn' } }));
    await askUntilReady(instance);

    await target.stop(instance, { graceMs: 500 });

    assert.equal(await answerOf(instance), undefined);
  });

  test(`${name}: an application that ends is started again, and its exit is told`, limit, async (context) => {
    const { target, artifact } = await open(context);
    const instance = await start(target, buildSampleRelease(artifact));
    await askUntilReady(instance);

    await answerOf(instance, '/crash');
    const state = await until('it is started again', async () => {
      const now = await target.inspect(instance);
      return now?.status === 'running' && now.restarts > 0 ? now : undefined;
    });
    await askUntilReady(instance);

    assert.equal(state.lastExit?.exitCode, 3);
    assert.equal(state.lastExit.reason, 'exit');
  });

  test(`${name}: one that cannot start says why`, limit, async (context) => {
    const { target, artifact } = await open(context);
    const instance = await start(target, buildSampleRelease(artifact, { env: { BEHAVIOR: 'crash' } }));

    const state = await until('it ends', async () => {
      const now = await target.inspect(instance);
      return now?.lastExit === undefined ? undefined : now;
    });

    assert.equal(state.lastExit?.exitCode, 7);
    assert.ok((await texts(target, instance)).includes('cannot start: no database'));
  });

  test(`${name}: a port other than the one that was given can be seen`, limit, async (context) => {
    const { target, artifact } = await open(context);
    const release = buildSampleRelease(artifact, { env: { BEHAVIOR: 'other-port' } });

    const instance = await start(target, release);
    const ports = await until('it listens', async () => {
      const found = (await target.inspect(instance))?.listeningPorts;
      return found !== undefined && found.length > 0 ? found : undefined;
    });

    assert.equal(ports.length, 1);
    assert.equal(await answerOf(instance), undefined);
  });

  test(
    `${name}: what is printed can be read: both streams, clean, with secrets masked, the end of it, and what follows`,
    limit,
    async (context) => {
      const { target, artifact } = await open(context);
      const secret = ['swordfish', 'and', 'chips'].join('-');
      const release = buildSampleRelease(artifact, {
        env: { TOKEN: secret, PRINT: `\u001b[31mred\u001b[0m ${secret}\u0007` },
        secretNames: ['TOKEN'],
      });
      const instance = await start(target, release);
      await askUntilReady(instance);
      const followed: string[] = [];
      const following = (async () => {
        for await (const line of target.logs(instance, { follow: true, mask: [secret] })) followed.push(line.text);
      })();

      await answerOf(instance, '/print');
      await until('it is followed', () => followed.includes('complained'));
      await target.stop(instance, grace);
      await following;
      const lines = await linesOf(target, instance, [secret]);

      const printed = (wanted: string): string[] => lines.filter(({ stream }) => stream === wanted).map(({ text }) => text);
      assert.deepEqual(printed('stdout'), [printed('stdout')[0], 'printed: red ***']);
      assert.match(printed('stdout')[0]!, /^listening on \d+$/);
      // An engine may have said something before.
      assert.equal(printed('stderr').at(-1), 'complained');
      assert.deepEqual(
        followed,
        lines.map(({ text }) => text),
      );
      assert.equal((await texts(target, instance, { last: 1 })).length, 1);
      assert.deepEqual(await texts(target, instance, { since: lines.at(-1)!.at }), []);
    },
  );

  test(`${name}: releases run side by side, and one that is removed leaves the other alone`, limit, async (context) => {
    const { target, artifact } = await open(context);
    const one = await start(target, buildSampleRelease(artifact, { id: 'one', env: { VERSION: '1' } }), 'run-1');
    const two = await start(target, buildSampleRelease(artifact, { id: 'two', env: { VERSION: '2' } }), 'run-2');

    const before = [(await askUntilReady(one)).version, (await askUntilReady(two)).version];
    await target.removeRelease('sample', 'one');

    assert.deepEqual(before, ['1', '2']);
    assert.equal(await answerOf(one), undefined);
    assert.equal((await answerOf(two))?.version, '2');
    assert.deepEqual(
      (await target.list('sample')).map(({ id }) => id),
      ['run-2'],
    );
  });

  test(`${name}: of an application that is destroyed nothing is left`, limit, async (context) => {
    const { target, artifact } = await open(context);
    const release = buildSampleRelease(artifact);
    const instance = await start(target, release);
    await askUntilReady(instance);

    await target.destroy('sample');
    await target.destroy('sample');

    assert.equal(await answerOf(instance), undefined);
    assert.deepEqual(await target.list('sample'), []);
    assert.equal(await target.inspect(instance), undefined);
  });

  test(`${name}: what cannot be a name of something, or an environment, is refused`, limit, async (context) => {
    const { target, artifact } = await open(context);
    const refused = [
      { application: '../other' },
      { application: '' },
      { application: '--privileged' },
      { id: 'One' },
      { id: 'a/b' },
      { id: 'x'.repeat(64) },
      { env: { 'A=B': 'c' } },
      { env: { '': 'c' } },
      { env: { 'A\n': 'c' } },
      { env: { A: 'b\0c' } },
    ].map((changes) => buildSampleRelease(artifact, changes));

    for (const release of refused) await assert.rejects(target.prepare(release), isCode('RELEASE_INVALID'), JSON.stringify(release));
    await target.prepare(buildSampleRelease(artifact));
    await assert.rejects(target.startCandidate(buildSampleRelease(artifact), { id: '../../x' }), isCode('RELEASE_INVALID'));
  });
}

async function start(target: Target, release: Release, id = 'run-1'): Promise<Instance> {
  await target.prepare(release);
  return await target.startCandidate(release, { id });
}

interface SampleAnswer {
  readonly version: string;
  readonly env: string | null;
}

/** Undefined when nobody answers. */
export async function answerOf({ address: { host, port } }: Instance, path = '/'): Promise<SampleAnswer | undefined> {
  try {
    const response = await fetch(`http://${host}:${port}${path}`, {
      signal: AbortSignal.timeout(20_000),
      headers: { connection: 'close' },
    });
    return (await response.json()) as SampleAnswer;
  } catch {
    return undefined;
  }
}

export async function askUntilReady(instance: Instance): Promise<SampleAnswer> {
  return await until('the application answers', () => answerOf(instance));
}

async function linesOf(target: Target, instance: Instance, mask: readonly string[] = []): Promise<readonly LogLine[]> {
  const lines: LogLine[] = [];
  for await (const line of target.logs(instance, { mask })) lines.push(line);
  return lines;
}

async function texts(target: Target, instance: Instance, options: { last?: number; since?: string } = {}): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { text, stream } of target.logs(instance, options)) if (stream !== 'system') found.push(text);
  return found;
}

export function isCode(code: DeliveryError['code']): (error: unknown) => boolean {
  return (error) => error instanceof DeliveryError && error.code === code;
}
