import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { listCodeCacheVariables, ProcessError, removeTree, startDetached } from '@deployguard/process';
import { DeliveryError } from '../../delivery-error.ts';
import type { Release } from '../../release/release.ts';
import { assertName, assertRelease } from '../names.ts';
import { isAlive } from '../process/process-table.ts';
import type { Instance, InspectOptions, InstanceState, LogLine, LogOptions, Target } from '../target.ts';
import { defaultPorts, openPortBook } from './choose-port.ts';
import type { PortRange } from './choose-port.ts';
import { instanceFiles, makeInstanceDirectories, readRecord, writeJson, writeRecord } from './instance-record.ts';
import type { InstanceFiles, InstanceRecord } from './instance-record.ts';
import { isDiskFull } from './is-disk-full.ts';
import type { Named, ProgramKind } from './program-kind.ts';
import { readInstanceLog } from './read-instance-log.ts';
import type { RestartPolicy, StopOrder, SupervisorAnswer, SupervisorOrder } from './supervisor-order.ts';

export interface SupervisedTargetOptions {
  /** Everything of it stands in here: releases, records, logs. */
  readonly directory: string;
  /** Ports that are given out. Default 20000 to 29999. */
  readonly ports?: PortRange;
  /** Of one instance, in two files. Default 10 MiB. */
  readonly maxLogBytes?: number;
  readonly restart?: RestartPolicy;
}

const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const supervisor = fileURLToPath(new URL(`./process-supervisor${extname(import.meta.filename)}`, import.meta.url));
const defaultRestart: RestartPolicy = { firstDelayMs: 200, maxDelayMs: 30_000, stableMs: 60_000 };
const defaultLogBytes = 10 * 1024 * 1024;
const maxLogBytesPerSecond = 1024 * 1024;
/** A supervisor needs this much longer than its program at most. */
const supervisorGraceMs = 10_000;
const pollMs = 20;
/** Instances of a release that have ended and whose logs are kept: as many as are shown. */
const endedKept = 20;

/**
 * A target of this machine. Each instance has a supervisor: a process of ours that owns its program, lives on when this process ends, and is found
 * again by its process id and start time.
 */
export function createSupervisedTarget(program: ProgramKind, options: SupervisedTargetOptions): Target {
  const { directory, maxLogBytes = defaultLogBytes, restart = defaultRestart } = options;
  const applicationDirectory = (application: string): string => join(directory, 'applications', application);
  const instancesDirectory = (application: string): string => join(applicationDirectory(application), 'instances');
  const releaseDirectory = (application: string, release: string): string => join(applicationDirectory(application), 'releases', release);
  const filesOf = ({ application, id }: Named): InstanceFiles => instanceFiles(join(instancesDirectory(application), id));
  const ports = openPortBook(join(directory, 'ports'), options.ports ?? defaultPorts, (owner) => isGone(readRecord(instanceFiles(owner))));

  /** What a preparation that was broken off leaves. */
  const unfinishedOf = (place: string): string => `${place}.new`;

  async function prepare(release: Release, { signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    assertRelease(release);
    const destination = releaseDirectory(release.application, release.id);
    if (existsSync(destination)) return program.restore?.(release);
    const unfinished = unfinishedOf(destination);
    await removeTree(unfinished);
    mkdirSync(dirname(destination), { recursive: true, mode: 0o700 });
    await program.prepare(release, unfinished, signal);
    renameSync(unfinished, destination);
  }

  interface StartOptions {
    readonly id: string;
    readonly process?: string;
    readonly signal?: AbortSignal;
  }

  async function startCandidate(release: Release, { id, process: name }: StartOptions): Promise<Instance> {
    if (name === undefined) return start(release, id, { restart });
    const found = release.background?.find((each) => each.name === name);
    if (found === undefined) throw new DeliveryError('RELEASE_INVALID', `This release has no process "${name}".`);
    // Nobody asks it anything: a port of the release is another one's.
    return start({ ...release, commands: { start: found.command }, port: 'assigned' }, id, { restart, process: name });
  }

  async function startReleaseCommand(release: Release, { id }: StartOptions): Promise<Instance> {
    assertName(id, 'an instance');
    const { release: command } = release.commands;
    if (command === undefined) throw new DeliveryError('RELEASE_INVALID', 'This release has no release command.');
    const ended = readRecord(filesOf({ application: release.application, id }));
    if (ended?.state.status === 'exited' && ended.instance.release === release.id) return ended.instance;
    return start({ ...release, commands: { start: command } }, id, {});
  }

  interface StartPolicy extends Pick<SupervisorOrder, 'restart'> {
    readonly process?: string;
  }

  async function start(release: Release, id: string, how: StartPolicy): Promise<Instance> {
    assertRelease(release);
    assertName(id, 'an instance');
    const { application } = release;
    const { process: name, ...policy } = how;
    const isOnce = policy.restart === undefined;
    const files = filesOf({ application, id });
    const present = readRecord(files);
    if (present !== undefined && isSupervised(present)) return present.instance;

    const directoryOfRelease = releaseDirectory(application, release.id);
    if (!existsSync(directoryOfRelease))
      throw new DeliveryError('ARTIFACT_MISSING', 'The files of this release are not in place: it has to be prepared first.');
    // Without a supervisor nobody would know what becomes of it.
    await program.endLeftovers({ application, id }, files, 0);
    await removeOldest(application, release.id);
    makeInstanceDirectories(files);
    rmSync(files.stop, { force: true });
    ports.releaseAll(files.directory);
    const port = ports.reserve(files.directory);
    const started = await startSupervisor(files, {
      instance: {
        id,
        application,
        release: release.id,
        ...(name !== undefined && { process: name }),
        address: { host: '127.0.0.1', port },
      },
      directory: files.directory,
      ...(await program.describe(release, { application, id, files, releaseDirectory: directoryOfRelease, port })),
      mask: release.secretNames.flatMap((name) => release.env[name] ?? []),
      log: { maxBytes: maxLogBytes, maxBytesPerSecond: maxLogBytesPerSecond },
      ...policy,
    });
    if (started.is === 'started') return await awaitRecord(files, isOnce);
    ports.release(files.directory, port);
    if (started.is === 'present') return await awaitRecord(files, isOnce);
    throw new DeliveryError('START_FAILED', `The application could not be started: ${started.message}`);
  }

  async function inspect({ application, id }: Instance, { seesPorts = true }: InspectOptions = {}): Promise<InstanceState | undefined> {
    const files = filesOf({ application, id });
    const record = await readTrueRecord(files);
    if (record === undefined) return undefined;
    const { state } = record;
    if (state.status === 'exited') {
      const isLeft = !isSupervised(record) && existsSync(files.home);
      return { ...state, ...(isLeft && { isLost: true }) };
    }
    if (!(await isThere(record, files))) {
      const lastExit = state.lastExit ?? { exitCode: 137, reason: 'signal', at: new Date().toISOString() };
      return { ...state, status: 'exited', isLost: true, lastExit };
    }
    const seen = seesPorts && state.status === 'running' ? await program.seePorts(record, files) : undefined;
    const isOrphaned = !isSupervised(record);
    return { ...state, ...(isOrphaned && { isOrphaned }), ...seen };
  }

  function logs({ application, id }: Instance, logOptions: LogOptions = {}): AsyncIterable<LogLine> {
    const files = filesOf({ application, id });
    return readInstanceLog(files.log, logOptions, () => isGone(readRecord(files)));
  }

  async function stop(instance: Instance, { graceMs }: { readonly graceMs: number }): Promise<void> {
    await endPrograms(instance, graceMs);
    const { home, temporary } = filesOf(instance);
    for (const path of [home, temporary]) await removeTree(path);
  }

  async function endPrograms({ application, id }: Instance, graceMs: number): Promise<void> {
    const files = filesOf({ application, id });
    const record = readRecord(files);
    if (record === undefined) return;
    const { instance } = record;
    if (isSupervised(record)) {
      writeIfRoom(() => writeJson(files.stop, { graceMs } satisfies StopOrder));
      signalSupervisor(record, 'SIGTERM');
      const deadline = performance.now() + graceMs + supervisorGraceMs;
      while (isSupervised(record) && performance.now() < deadline) await delay(pollMs);
      signalSupervisor(record, 'SIGKILL');
    }
    await program.endLeftovers(instance, files, graceMs);
    const last = readRecord(files);
    if (last !== undefined && last.state.status !== 'exited') {
      const lastExit = { exitCode: 137, reason: 'stopped', at: new Date().toISOString() } as const;
      writeIfRoom(() => writeRecord(files, { instance, state: { ...last.state, status: 'exited', lastExit } }));
    }
    ports.releaseAll(files.directory);
  }

  async function list(application: string, { withEnded = false }: { readonly withEnded?: boolean } = {}): Promise<readonly Instance[]> {
    const records = listRecords(application);
    const there = await Promise.all(records.map((record) => withEnded || isThere(record, filesOf(record.instance))));
    return records.filter((_, index) => there[index]).map(({ instance }) => instance);
  }

  function listRecords(application: string): readonly InstanceRecord[] {
    assertName(application, 'an application');
    const names = listNames(instancesDirectory(application));
    return names.flatMap((id) => readRecord(filesOf({ application, id })) ?? []);
  }

  /** A release that is started again and again, as one that does not come up after the machine did, does not fill the disk with what it printed. */
  async function removeOldest(application: string, release: string): Promise<void> {
    const ended = listRecords(application)
      .filter((record) => record.instance.release === release && record.state.status === 'exited' && !isSupervised(record))
      .map(({ instance }) => instance)
      .toSorted((one, other) => (one.startedAt < other.startedAt ? 1 : -1));
    for (const instance of ended.slice(endedKept)) await removeTree(filesOf(instance).directory);
  }

  async function removeRelease(application: string, release: string): Promise<void> {
    assertName(release, 'a release');
    for (const { instance } of listRecords(application).filter((record) => record.instance.release === release)) {
      await stop(instance, { graceMs: 0 });
      await removeTree(filesOf(instance).directory);
    }
    const directoryOfRelease = releaseDirectory(application, release);
    if (existsSync(directoryOfRelease)) await program.removeRelease?.(application, directoryOfRelease);
    await removeTree(directoryOfRelease);
    await removeTree(unfinishedOf(directoryOfRelease));
  }

  async function destroy(application: string): Promise<void> {
    // All of them end before anything is cleared away, which may take long.
    await Promise.all(listRecords(application).map(({ instance }) => endPrograms(instance, 0)));
    for (const release of listNames(join(applicationDirectory(application), 'releases'))) await removeRelease(application, release);
    await program.destroy?.(application);
    await removeTree(applicationDirectory(application));
  }

  /** With a supervisor, or with a program that lost it. */
  async function isThere(record: InstanceRecord, files: InstanceFiles): Promise<boolean> {
    if (record.state.status === 'exited') return false;
    return isSupervised(record) || (await program.isThere(record, files));
  }

  return { kind: program.kind, prepare, startCandidate, startReleaseCommand, inspect, logs, stop, list, removeRelease, destroy };
}

function isSupervised({ instance: { handle } }: InstanceRecord): boolean {
  return isAlive(handle);
}

/** When a program has just ended, its supervisor is about to write how. */
async function readTrueRecord(files: InstanceFiles): Promise<InstanceRecord | undefined> {
  const deadline = performance.now() + supervisorGraceMs;
  let record = readRecord(files);
  while (record !== undefined && hasLostProgram(record) && isSupervised(record) && performance.now() < deadline) {
    await delay(pollMs);
    record = readRecord(files);
  }
  return record;
}

function hasLostProgram({ state, program }: InstanceRecord): boolean {
  return state.status === 'running' && program !== undefined && !isAlive(program);
}

/** Ending what runs may be what makes room: a supervisor that finds no order has a grace period of its own, and what is gone is seen to be. */
function writeIfRoom(write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!isDiskFull(error)) throw error;
  }
}

/** Looked up in the moment before: an id alone may be another program's by now. */
function signalSupervisor(record: InstanceRecord, signal: NodeJS.Signals): void {
  const { handle } = record.instance;
  if (isSupervised(record)) process.kill(handle.pid, signal);
}

/** Without a supervisor nobody writes its log, and its port is free for others as soon as nobody listens on it. */
function isGone(record: InstanceRecord | undefined): boolean {
  return record === undefined || record.state.status === 'exited' || !isSupervised(record);
}

/** A release that is only half in place has another ending. */
function listNames(directory: string): readonly string[] {
  try {
    return readdirSync(directory).filter((name) => !name.includes('.'));
  } catch {
    return [];
  }
}

async function startSupervisor(files: InstanceFiles, order: SupervisorOrder): Promise<SupervisorAnswer> {
  try {
    const { firstLine } = await startDetached({
      program: process.execPath,
      args: ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=1', supervisor],
      env: { PATH: systemPath, ...listCodeCacheVariables() },
      cwd: files.directory,
      input: Buffer.from(JSON.stringify(order)),
      errorPath: files.errors,
    });
    return JSON.parse(firstLine) as SupervisorAnswer;
  } catch (error) {
    if (!(error instanceof ProcessError)) throw error;
    return { is: 'failed', message: `its supervisor did not start (${files.errors} says more).` };
  }
}

/** Whose supervisor was there first may not have written it yet. */
async function awaitRecord(files: InstanceFiles, isOnce: boolean): Promise<Instance> {
  const deadline = performance.now() + supervisorGraceMs;
  while (performance.now() < deadline) {
    const record = readRecord(files);
    if (record !== undefined && (isSupervised(record) || (isOnce && record.state.status === 'exited'))) return record.instance;
    await delay(pollMs);
  }
  throw new DeliveryError('START_FAILED', 'The application was started, but its supervisor is gone.');
}
