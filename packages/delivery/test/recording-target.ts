import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { DeliveryError } from '../src/delivery-error.ts';
import { createLineCleaner } from '../src/logs/line-cleaner.ts';
import type { Release } from '../src/release/release.ts';
import { assertName, assertRelease } from '../src/targets/names.ts';
import type { ExitReason, Instance, InstanceState, LogLine, Target } from '../src/targets/target.ts';

/** What was asked of a target, in order: the method and the names that it was about. */
export type Call = readonly [method: Exclude<keyof Target, 'kind'>, ...names: readonly string[]];

/** All that recording targets of one machine share, as processes and files are shared by real ones. */
export interface RecordedMachine {
  readonly calls: Call[];
  readonly prepared: Set<string>;
  /** Ids of instances, each time that one was really started. */
  readonly started: string[];
  readonly starting: Map<string, Promise<Program>>;
  readonly programs: Map<string, Program>;
}

export interface RecordingTargetOptions {
  /** Told of each call before and after it is done; what it throws, the call throws: how a worker dies at a chosen moment. */
  readonly onCall?: (call: Call, moment: 'before' | 'after') => void;
}

export function createRecordedMachine(): RecordedMachine {
  return { calls: [], prepared: new Set(), started: [], starting: new Map(), programs: new Map() };
}

/**
 * A target that starts nothing outside of this process: its applications are servers in here that do what the sample application does. It writes
 * down what it is asked for, so that a test sees not only where a release ended, but on which way.
 */
export function createRecordingTarget(machine: RecordedMachine, { onCall = () => {} }: RecordingTargetOptions = {}): Target {
  const { calls, prepared, started, starting, programs } = machine;
  const keyOf = (application: string, id: string): string => `${application}/${id}`;
  const find = ({ application, id }: Instance): Program | undefined => programs.get(keyOf(application, id));
  const programsOf = (application: string): Program[] =>
    [...programs.values()].filter(({ instance }) => instance.application === application);

  async function record<Result>(call: Call, work: () => Promise<Result>): Promise<Result> {
    onCall(call, 'before');
    calls.push(call);
    const result = await work();
    onCall(call, 'after');
    return result;
  }

  async function start(release: Release, id: string, process: string | undefined): Promise<Instance> {
    assertRelease(release);
    assertName(id, 'an instance');
    const key = keyOf(release.application, id);
    const present = programs.get(key);
    if (present !== undefined && present.state().status !== 'exited') return present.instance;
    if (!prepared.has(keyOf(release.application, release.id)))
      throw new DeliveryError('ARTIFACT_MISSING', 'The files of this release are not in place: it has to be prepared first.');
    const begun = starting.get(key);
    if (begun !== undefined) return (await begun).instance;
    started.push(id);
    const beginning = startProgram(release, id, process);
    starting.set(key, beginning);
    const program = await beginning;
    programs.set(key, program);
    starting.delete(key);
    return program.instance;
  }

  async function remove(application: string, isMeant: (program: Program) => boolean): Promise<void> {
    for (const program of programsOf(application).filter(isMeant)) {
      await program.end('stopped', 137);
      programs.delete(keyOf(application, program.instance.id));
    }
  }

  return {
    kind: 'process',
    prepare: (release) =>
      record(['prepare', release.id], async () => {
        assertRelease(release);
        prepared.add(keyOf(release.application, release.id));
      }),
    startCandidate: (release, { id, process }) =>
      record(['startCandidate', release.id, id], () => {
        if (process !== undefined && !release.background?.some(({ name }) => name === process))
          throw new DeliveryError('RELEASE_INVALID', `This release has no process "${process}".`);
        return start(release, id, process);
      }),
    startReleaseCommand: (release, { id }) =>
      record(['startReleaseCommand', release.id, id], async () => {
        const ended = programs.get(keyOf(release.application, id));
        if (ended?.instance.release === release.id) return ended.instance;
        const instance = await start({ ...release, env: { ...release.env, BEHAVIOR: 'silent' } }, id, undefined);
        await find(instance)!.runOnce(release);
        return instance;
      }),
    inspect: (instance) => record(['inspect', instance.id], async () => find(instance)?.state()),
    async *logs(instance, { last, since, follow = false, mask = [], signal } = {}) {
      calls.push(['logs', instance.id]);
      const program = find(instance);
      const clean = createLineCleaner({ mask });
      const lines = program?.lines ?? [];
      const wanted = lines.filter(({ at }) => since === undefined || at > since);
      let next = lines.length;
      for (const line of last === undefined ? wanted : wanted.slice(-last)) yield { ...line, text: clean(line.text) };
      for (let isLast = !follow; !isLast; await delay(5)) {
        isLast = program?.state().status !== 'running' || signal?.aborted === true;
        for (; next < lines.length; next++) yield { ...lines[next]!, text: clean(lines[next]!.text) };
      }
    },
    stop: (instance, { graceMs }) => record(['stop', instance.id], async () => find(instance)?.stop(graceMs)),
    list: (application, { withEnded = false } = {}) =>
      record(['list', application], async () => {
        assertName(application, 'an application');
        const listed = programsOf(application).filter((program) => withEnded || program.state().status !== 'exited');
        return listed.map(({ instance }) => instance);
      }),
    removeRelease: (application, release) =>
      record(['removeRelease', application, release], async () => {
        await remove(application, ({ instance }) => instance.release === release);
        prepared.delete(keyOf(application, release));
      }),
    destroy: (application) =>
      record(['destroy', application], async () => {
        await remove(application, () => true);
        for (const key of prepared) if (key.startsWith(`${application}/`)) prepared.delete(key);
      }),
  };
}

interface Program {
  readonly instance: Instance;
  readonly lines: readonly LogLine[];
  state(): InstanceState;
  stop(graceMs: number): Promise<void>;
  end(reason: ExitReason, exitCode: number): Promise<void>;
  /** The release command in place of the application: it is run to its end. */
  runOnce(release: Release): Promise<void>;
}

async function startProgram(release: Release, id: string, process: string | undefined): Promise<Program> {
  const { BEHAVIOR: behavior = 'serve', VERSION: version = '1', GREETING: greeting = null, PRINT: print = '' } = release.env;
  const lines: LogLine[] = [];
  const clean = createLineCleaner({ mask: release.secretNames.flatMap((name) => release.env[name] ?? []) });
  const say = (text: string, stream: LogLine['stream'] = 'stdout'): void => {
    lines.push({ at: new Date().toISOString(), stream, text: clean(text) });
  };
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const isElsewhere = behavior === 'other-port';
  const listens = isElsewhere || ['serve', 'sick', 'stubborn', 'patient'].includes(behavior);
  if (!listens) server.close();
  // The port that nobody listens on is another one.
  const address = { host: '127.0.0.1', port: isElsewhere ? 1 : port };
  let state: InstanceState = { status: 'running', restarts: 0 };
  if (listens) say(`listening on ${port}`);
  if (behavior === 'crash') {
    say('cannot start: no database', 'stderr');
    crash(7);
  }

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url!, 'http://application');
    if (pathname === '/crash') {
      request.socket.destroy();
      return crash(3);
    }
    if (pathname === '/health' && behavior === 'sick') response.statusCode = 500;
    if (pathname === '/print') {
      say(`printed: ${print}`);
      say('complained', 'stderr');
    }
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ version, host: request.headers.host, env: greeting }));
  }

  function exited(reason: ExitReason, exitCode: number): NonNullable<InstanceState['lastExit']> {
    return { exitCode, reason, at: new Date().toISOString() };
  }

  /** It is started again at once; one that cannot start waits for its next turn. */
  function crash(exitCode: number): void {
    const status = behavior === 'crash' ? 'restarting' : 'running';
    state = { status, restarts: state.restarts + 1, lastExit: exited('exit', exitCode) };
  }

  async function end(reason: ExitReason, exitCode: number): Promise<void> {
    if (state.status === 'exited') return;
    state = { status: 'exited', restarts: state.restarts, lastExit: exited(reason, exitCode) };
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  return {
    instance: {
      id,
      application: release.application,
      release: release.id,
      ...(process !== undefined && { process }),
      address,
      startedAt: new Date().toISOString(),
      handle: { pid: 1, startTicks: 0 },
    },
    lines,
    state: () => (state.status === 'running' ? { ...state, listeningPorts: server.listening ? [port] : [] } : state),
    async stop(graceMs) {
      if (state.status === 'exited') return;
      if (behavior === 'patient') {
        say('finishing');
        say('finished');
      }
      if (behavior === 'stubborn') await delay(graceMs);
      await end('stopped', 143);
    },
    end,
    async runOnce({ commands, env }) {
      const { stdout, stderr, status } = spawnSync('/bin/sh', ['-c', String(commands.release)], { env, encoding: 'utf8' });
      for (const text of stdout.split('\n').filter(Boolean)) say(text);
      for (const text of stderr.split('\n').filter(Boolean)) say(text, 'stderr');
      await end('exit', status ?? 137);
    },
  };
}
