import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ProcessError, runProcess, startDetached } from '@deployguard/process';
import { DeliveryError } from '../../delivery-error.ts';
import type { Release } from '../../release/release.ts';
import { assertEnvironment, assertName } from '../names.ts';
import type { Instance, InstanceState, LogLine, LogOptions, Target } from '../target.ts';
import { defaultPorts, openPortBook } from './choose-port.ts';
import type { PortRange } from './choose-port.ts';
import { endProcesses } from './end-processes.ts';
import { instanceFiles, makeInstanceDirectories, readRecord, writeJson, writeRecord } from './instance-record.ts';
import type { InstanceFiles, InstanceRecord } from './instance-record.ts';
import { listListeningPorts } from './listening-ports.ts';
import { isAlive, listInstanceProcesses } from './process-table.ts';
import { readInstanceLog } from './read-instance-log.ts';
import type { RestartPolicy, StopOrder, SupervisorAnswer, SupervisorOrder } from './supervisor-order.ts';

export interface ProcessTargetOptions {
  /** Everything of it stands in here: releases, records, logs. */
  readonly directory: string;
  /** Where programs of applications are looked for, behind an application's own `PATH`. Default: the system's, and where this Node is. */
  readonly searchPath?: string;
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

/**
 * Runs applications as processes of this machine: for code that is trusted as much as this program is, since nothing keeps it from the files and the
 * network of the machine. Each instance has a supervisor, which lives on when this process ends, and is found again by its process id and start time.
 *
 * Memory and the number of processes are watched and kept by ending the instance; processor time is not limited.
 */
export function createProcessTarget(options: ProcessTargetOptions): Target {
  const { directory, maxLogBytes = defaultLogBytes, restart = defaultRestart } = options;
  const searchPath = options.searchPath ?? `${systemPath}:${dirname(process.execPath)}`;
  const applicationDirectory = (application: string): string => join(directory, 'applications', application);
  const instancesDirectory = (application: string): string => join(applicationDirectory(application), 'instances');
  const releaseDirectory = (application: string, release: string): string => join(applicationDirectory(application), 'releases', release);
  const filesOf = ({ application, id }: Pick<Instance, 'application' | 'id'>): InstanceFiles =>
    instanceFiles(join(instancesDirectory(application), id));
  const ports = openPortBook(
    join(directory, 'ports'),
    options.ports ?? defaultPorts,
    (owner) => !isThere(readRecord(instanceFiles(owner)), owner),
  );

  async function prepare(release: Release, { signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    assertRelease(release);
    const destination = releaseDirectory(release.application, release.id);
    if (existsSync(destination)) return;
    const { artifact } = release;
    if (artifact.kind !== 'directory' || !existsSync(artifact.path)) {
      throw new DeliveryError('ARTIFACT_MISSING', 'What was built for this release is no longer there: deploy its commit again.');
    }
    const unfinished = `${destination}.new`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(dirname(destination), { recursive: true, mode: 0o700 });
    await copyDirectory(artifact.path, unfinished, signal);
    renameSync(unfinished, destination);
  }

  async function startCandidate(release: Release, { id }: { readonly id: string; readonly signal?: AbortSignal }): Promise<Instance> {
    assertRelease(release);
    assertName(id, 'an instance');
    const { application } = release;
    const files = filesOf({ application, id });
    const present = readRecord(files);
    if (present !== undefined && isSupervised(present)) return present.instance;

    const cwd = releaseDirectory(application, release.id);
    if (!existsSync(cwd))
      throw new DeliveryError('ARTIFACT_MISSING', 'The files of this release are not in place: it has to be prepared first.');
    // Without a supervisor nobody would know what becomes of it.
    await endProcesses(files.directory, undefined, 0);
    makeInstanceDirectories(files);
    rmSync(files.stop, { force: true });
    if (present !== undefined) ports.release(files.directory, present.instance.address.port);
    const port = ports.reserve(files.directory, release.port);
    const started = await startSupervisor(files, {
      instance: { id, application, release: release.id, address: { host: '127.0.0.1', port } },
      directory: files.directory,
      command: { ...commandOf(release), cwd },
      env: {
        HOME: files.home,
        TMPDIR: files.temporary,
        ...release.env,
        PATH: joinPaths(release.env['PATH'], searchPath),
        PORT: String(port),
      },
      limits: release.limits,
      mask: release.secretNames.flatMap((name) => release.env[name] ?? []),
      log: { maxBytes: maxLogBytes, maxBytesPerSecond: maxLogBytesPerSecond },
      restart,
    });
    if (started.is === 'started') return await awaitRecord(files);
    ports.release(files.directory, port);
    if (started.is === 'present') return await awaitRecord(files);
    throw new DeliveryError('START_FAILED', `The application could not be started: ${started.message}`);
  }

  async function inspect({ application, id }: Instance): Promise<InstanceState | undefined> {
    const record = readRecord(filesOf({ application, id }));
    if (record === undefined) return undefined;
    const { state, program, instance } = record;
    if (state.status !== 'exited' && !isThere(record, filesOf(instance).directory)) {
      return { ...state, status: 'exited', lastExit: state.lastExit ?? { exitCode: 137, reason: 'signal', at: new Date().toISOString() } };
    }
    if (program === undefined) return state;
    const pids = listInstanceProcesses(filesOf(instance).directory, program.pid).map(({ pid }) => pid);
    return { ...state, listeningPorts: listListeningPorts(pids) };
  }

  function logs({ application, id }: Instance, logOptions: LogOptions = {}): AsyncIterable<LogLine> {
    const files = filesOf({ application, id });
    return readInstanceLog(files.log, logOptions, () => {
      const record = readRecord(files);
      return record === undefined || !isThere(record, files.directory);
    });
  }

  async function stop({ application, id }: Instance, { graceMs }: { readonly graceMs: number }): Promise<void> {
    const files = filesOf({ application, id });
    const record = readRecord(files);
    if (record === undefined) return;
    const { instance } = record;
    if (isSupervised(record)) {
      writeJson(files.stop, { graceMs } satisfies StopOrder);
      signalSupervisor(record, 'SIGTERM');
      const deadline = performance.now() + graceMs + supervisorGraceMs;
      while (isSupervised(record) && performance.now() < deadline) await delay(pollMs);
      signalSupervisor(record, 'SIGKILL');
    }
    await endProcesses(files.directory, undefined, graceMs);
    const last = readRecord(files);
    if (last !== undefined && last.state.status !== 'exited') {
      const lastExit = { exitCode: 137, reason: 'stopped', at: new Date().toISOString() } as const;
      writeRecord(files, { instance, state: { ...last.state, status: 'exited', lastExit } });
    }
    ports.release(files.directory, instance.address.port);
    for (const path of [files.home, files.temporary]) await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }

  async function list(application: string): Promise<readonly Instance[]> {
    return listRecords(application)
      .filter((record) => isThere(record, filesOf(record.instance).directory))
      .map(({ instance }) => instance);
  }

  function listRecords(application: string): readonly InstanceRecord[] {
    assertName(application, 'an application');
    let names: readonly string[];
    try {
      names = readdirSync(instancesDirectory(application));
    } catch {
      return [];
    }
    return names.flatMap((id) => readRecord(filesOf({ application, id })) ?? []);
  }

  async function removeRelease(application: string, release: string): Promise<void> {
    assertName(release, 'a release');
    for (const { instance } of listRecords(application).filter((record) => record.instance.release === release)) {
      await stop(instance, { graceMs: 0 });
      await rm(filesOf(instance).directory, { recursive: true, force: true, maxRetries: 3 });
    }
    await rm(releaseDirectory(application, release), { recursive: true, force: true, maxRetries: 3 });
  }

  async function destroy(application: string): Promise<void> {
    for (const { instance } of listRecords(application)) await stop(instance, { graceMs: 0 });
    await rm(applicationDirectory(application), { recursive: true, force: true, maxRetries: 3 });
  }

  return { kind: 'process', prepare, startCandidate, inspect, logs, stop, list, removeRelease, destroy };
}

function assertRelease(release: Release): void {
  assertName(release.application, 'an application');
  assertName(release.id, 'a release');
  assertEnvironment(release.env);
}

function isSupervised({ instance: { handle } }: InstanceRecord): boolean {
  return handle.kind === 'process' && isAlive(handle);
}

/** Looked up in the moment before: an id alone may be another program's by now. */
function signalSupervisor(record: InstanceRecord, signal: NodeJS.Signals): void {
  const { handle } = record.instance;
  if (handle.kind === 'process' && isSupervised(record)) process.kill(handle.pid, signal);
}

/** With a supervisor, or with processes that lost theirs. */
function isThere(record: InstanceRecord | undefined, directory: string): boolean {
  if (record === undefined || record.state.status === 'exited') return false;
  return isSupervised(record) || (record.program !== undefined && isAlive(record.program)) || listInstanceProcesses(directory).length > 0;
}

/** What a shell line means is the application's own business; lists are handed over as they are. */
function commandOf({ commands: { start } }: Release): { readonly program: string; readonly args: readonly string[] } {
  if (typeof start === 'string' && start.trim() !== '') return { program: '/bin/sh', args: ['-c', start] };
  const [program, ...args] = typeof start === 'string' ? [] : (start ?? []);
  if (program === undefined) throw new DeliveryError('RELEASE_INVALID', 'There is no command that starts the application: name one.');
  return { program, args };
}

function joinPaths(own: string | undefined, system: string): string {
  return own === undefined || own === '' ? system : `${own}:${system}`;
}

async function copyDirectory(from: string, to: string, signal: AbortSignal | undefined): Promise<void> {
  const { exitCode, stderr } = await runProcess({
    program: 'cp',
    args: ['--archive', '--no-target-directory', '--reflink=auto', '--', from, to],
    env: { PATH: systemPath, LC_ALL: 'C' },
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw error;
  });
  if (exitCode === 0) return;
  if (stderr.includes('No space left'))
    throw new DeliveryError('DISK_FULL', 'There is no space left for the files of the release: remove old releases.');
  throw new DeliveryError('ARTIFACT_MISSING', 'The files of the release could not be copied: deploy its commit again.', {
    cause: new Error(stderr),
  });
}

async function startSupervisor(files: InstanceFiles, order: SupervisorOrder): Promise<SupervisorAnswer> {
  try {
    const { firstLine } = await startDetached({
      program: process.execPath,
      args: ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=1', supervisor],
      env: { PATH: systemPath },
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
async function awaitRecord(files: InstanceFiles): Promise<Instance> {
  const deadline = performance.now() + supervisorGraceMs;
  while (performance.now() < deadline) {
    const record = readRecord(files);
    if (record !== undefined && isSupervised(record)) return record.instance;
    await delay(pollMs);
  }
  throw new DeliveryError('START_FAILED', 'The application was started, but its supervisor is gone.');
}
