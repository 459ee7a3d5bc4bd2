// Owns one instance: starts its program (or the engine's client that runs its container), keeps its log and its record, restarts it, ends it. A
// process of its own, so that the application outlives the worker that started it.
import { linkSync, openSync, readFileSync, rmSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { ProcessError, startProcess } from '@deployguard/process';
import type { ProcessLimits, RunningProcess } from '@deployguard/process';
import { defaultPids } from '../../release/release.ts';
import type { ReleaseLimits } from '../../release/release.ts';
import type { ExitReason, Instance, InstanceState } from '../target.ts';
import { noteError } from '../../logs/note-error.ts';
import { endContainer } from '../container/end-container.ts';
import { endProcesses } from '../process/end-processes.ts';
import { identifyProcess, isAlive, markerName, readOwnBytes, watchInstance } from '../process/process-table.ts';
import type { ProcessEntry, ProcessIdentity } from '../process/process-table.ts';
import { countOomKills } from './count-oom-kills.ts';
import { openInstanceLog } from './instance-log.ts';
import { instanceFiles, readJson, writeRecord } from './instance-record.ts';
import type { StopOrder, SupervisorAnswer, SupervisorOrder } from './supervisor-order.ts';

/** How often memory and processes are looked at. */
const sampleMs = 250;
/** When nobody says how long the program may take: the machine is going down. */
const defaultGraceMs = 10_000;
/** Of bubblewrap, around the program in a sandbox. */
const sandboxProcesses = 2;
/** 128 and the number of SIGKILL. */
const killedCode = 137;
/** What an engine's client may take to end after its container. */
const clientGraceMs = 5000;

interface End {
  readonly exitCode: number;
  readonly reason: ExitReason;
}

const order = JSON.parse(readFileSync(0, 'utf8')) as SupervisorOrder;
const files = instanceFiles(order.directory);
const self: ProcessIdentity = identifyProcess(process.pid)!;
if (!claim()) {
  answer({ is: 'present' });
  process.exit(0);
}

const instance: Instance = { ...order.instance, startedAt: new Date().toISOString(), handle: self };
// What an engine's client starts may be for all containers, such as Podman's server of names: it leaves the session, and is not the instance's.
const marker = order.container === undefined ? order.directory : undefined;
const log = openInstanceLog({ path: files.log, mask: order.mask, ...order.log });
const stopping = new AbortController();
let restarts = 0;
let lastExit: InstanceState['lastExit'];
let input: number | undefined;

for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => stopping.abort());
process.on('SIGHUP', () => {});
await supervise();
log.close();

async function supervise(): Promise<void> {
  const { restart } = order;
  let delayMs = restart?.firstDelayMs ?? 0;
  for (let run = 1; ; run++) {
    const startedAt = performance.now();
    let program: RunningProcess;
    try {
      program = start();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      log.remark(message);
      lastExit = { exitCode: 127, reason: 'exit', at: new Date().toISOString() };
      record('exited');
      if (run === 1) answer({ is: 'failed', message });
      return;
    }
    const identity = identify(program);
    const unrecorded = record('running', identity);
    if (run === 1 && unrecorded !== undefined) {
      // Nobody would ever find it.
      program.done.catch(() => {});
      await endAll(identity, 0);
      answer({ is: 'failed', message: unrecorded });
      return;
    }
    if (run === 1) {
      answer({ is: 'started' });
      // It may run for weeks.
      flushCompileCache();
    }

    const end = await watch(program, identity);
    lastExit = { ...end, at: new Date().toISOString() };
    if (stopping.signal.aborted) break;
    if (restart !== undefined || end.exitCode !== 0) log.remark(`The application ended (${describe(end)}).`);
    // What left the session lives on and may hold the port.
    await endAll(identity, 0);
    if (restart === undefined) return void record('exited');
    restarts++;
    record('restarting');
    if (performance.now() - startedAt > restart.stableMs) delayMs = restart.firstDelayMs;
    await delay(delayMs, undefined, { signal: stopping.signal }).catch(() => {});
    delayMs = Math.min(delayMs * 2, restart.maxDelayMs);
    if (stopping.signal.aborted) break;
  }
  lastExit = { exitCode: lastExit?.exitCode ?? 0, reason: 'stopped', at: new Date().toISOString() };
  record('exited');
}

function start(): RunningProcess {
  if (order.input !== undefined) input ??= openInput(order.input);
  const program = startProcess({
    ...order.command,
    ...(input === undefined ? {} : { stdin: input }),
    // Asked to end, a shell or a process manager may be gone before what it started.
    awaitsGroup: true,
    env: order.env,
    ...(marker === undefined ? {} : { mark: { [markerName]: marker } }),
    ...(order.limits === undefined ? {} : { limits: toProcessLimits(order.limits) }),
  });
  program.stdout.on('data', (chunk: Buffer) => log.add('stdout', chunk));
  program.onStderr((chunk) => log.add('stderr', chunk));
  return program;
}

/** A file, for who opens it again by `/dev/stdin` reads it from its beginning; it is there as long as this process alone, for nobody else to find. */
function openInput(text: string): number {
  rmSync(files.input, { force: true });
  writeFileSync(files.input, text, { flag: 'wx', mode: 0o600 });
  try {
    return openSync(files.input, 'r');
  } finally {
    unlinkSync(files.input);
  }
}

/** What is mapped counts before it is used: the sum of what is used is watched beside it. */
function toProcessLimits({ memoryBytes, fileBytes, pids = defaultPids }: ReleaseLimits): ProcessLimits {
  const dataBytes = memoryBytes * 2 + 1024 ** 3;
  return { dataBytes, coreBytes: 0, ownProcesses: pids, ...(fileBytes === undefined ? {} : { fileSizeBytes: fileBytes }) };
}

/** Ends what runs of the instance. */
async function endAll(identity: ProcessIdentity | undefined, graceMs: number): Promise<void> {
  if (order.container !== undefined) await endContainer(order.container, graceMs).catch((error: unknown) => log.remark(String(error)));
  // The client of an engine ends with its container.
  await endProcesses(marker, identity?.pid, order.container === undefined ? graceMs : clientGraceMs);
}

function identify({ pid }: RunningProcess): ProcessIdentity | undefined {
  return pid === undefined ? undefined : identifyProcess(pid);
}

/** Until the program ends: by itself, for using too much, or because the instance is to stop. */
async function watch(program: RunningProcess, identity: ProcessIdentity | undefined): Promise<End> {
  let broken: ExitReason | undefined;
  const killsBefore = order.container && countOomKills();
  const look = identity && watchInstance(marker, identity.pid);
  const sampler = setInterval(() => {
    if (identity === undefined || broken !== undefined || stopping.signal.aborted) return;
    broken = findExcess(look!);
    // Without its leader, what is left of it is no application.
    if (broken !== undefined || !isAlive(identity)) void endAll(identity, 0);
  }, sampleMs);
  const stop = (): void => {
    const graceMs = readJson<StopOrder>(files.stop)?.graceMs ?? defaultGraceMs;
    void endAll(identity, graceMs);
  };
  if (stopping.signal.aborted) stop();
  else stopping.signal.addEventListener('abort', stop, { once: true });
  try {
    const { exitCode } = await program.done;
    // Not every engine can tell what killed a container; the kernel does so for memory alone.
    if (order.container !== undefined && exitCode === killedCode) {
      const kills = countOomKills();
      broken ??= kills !== undefined && kills === killsBefore ? 'signal' : 'memory';
    }
    return { exitCode, reason: broken ?? 'exit' };
  } catch (error) {
    if (!(error instanceof ProcessError)) throw error;
    const { code, signal } = error;
    if (code === 'LIMIT_REACHED' && signal === undefined) return { exitCode: killedCode, reason: broken ?? 'pids' };
    if (code !== 'KILLED' && code !== 'LIMIT_REACHED') log.remark(error.message);
    const exitCode = signal === undefined ? 127 : 128 + constants.signals[signal];
    return { exitCode, reason: broken ?? (signal === 'SIGXFSZ' ? 'disk' : signal === undefined ? 'exit' : 'signal') };
  } finally {
    clearInterval(sampler);
    stopping.signal.removeEventListener('abort', stop);
    log.flush();
    if (stopping.signal.aborted) await endAll(identity, 0);
  }
}

function findExcess(look: () => readonly ProcessEntry[]): 'memory' | 'pids' | undefined {
  if (order.limits === undefined) return undefined;
  const { memoryBytes, pids = defaultPids } = order.limits;
  const processes = look();
  if (sum(processes, ({ residentBytes }) => residentBytes) > memoryBytes) {
    // A more exact look takes longer.
    if (sum(processes, ({ pid, residentBytes }) => readOwnBytes(pid) ?? residentBytes) > memoryBytes) return 'memory';
  }
  const own = order.command.sandbox === undefined ? processes.length : processes.length - sandboxProcesses;
  return own > pids ? 'pids' : undefined;
}

function sum(processes: readonly ProcessEntry[], bytesOf: (entry: ProcessEntry) => number): number {
  return processes.reduce((total, entry) => total + bytesOf(entry), 0);
}

function describe({ exitCode, reason }: End): string {
  if (reason === 'memory') return `it used more memory than its limit allows`;
  if (reason === 'pids') return `it started more processes than its limit allows`;
  return `exit code ${exitCode}`;
}

/** Undefined, or why it could not be written: on a full disk, or in a directory that is being removed, the application goes on. */
function record(status: InstanceState['status'], program?: ProcessIdentity): string | undefined {
  const state = { status, restarts, ...(lastExit === undefined ? {} : { lastExit }) };
  try {
    writeRecord(files, { instance, state, ...(program === undefined ? {} : { program }) });
    return undefined;
  } catch (error) {
    const { message } = error as Error;
    noteError(message);
    return message;
  }
}

/** One supervisor for an instance: the file that says who is made in one step, and taken over only from the dead. */
function claim(): boolean {
  const own = `${files.lock}.${self.pid}`;
  writeFileSync(own, JSON.stringify(self), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        linkSync(own, files.lock);
        return true;
      } catch {
        const owner = readJson<ProcessIdentity>(files.lock);
        if (owner !== undefined && isAlive(owner)) return false;
        rmSync(files.lock, { force: true });
      }
    }
    return false;
  } finally {
    unlinkSync(own);
  }
}

/** Whoever started this reads one line. */
function answer(line: SupervisorAnswer): void {
  try {
    writeSync(1, `${JSON.stringify(line)}\n`);
  } catch {
    // It is gone; the next one will find the record.
  }
}
