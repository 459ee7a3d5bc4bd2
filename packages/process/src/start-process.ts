import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { basename } from 'node:path';
import { keepPriority } from './keep-priority.ts';
import type { Readable, Writable } from 'node:stream';
import type { Command } from './command.ts';
import { openControlGroup } from './control-group.ts';
import type { ControlGroup } from './control-group.ts';
import { findProgram } from './find-program.ts';
import { buildLimitArguments } from './limit-arguments.ts';
import { ProcessError } from './process-error.ts';
import type { ProcessErrorCode } from './process-error.ts';
import { buildSandboxArguments } from './sandbox.ts';

/** How a program ended. */
export interface Exit {
  /** Its exit status; 128 + the signal's number, as shells count, after `kill()`. */
  readonly exitCode: number;
  /** The end of what it wrote to standard error, at most 64 KiB. */
  readonly stderr: string;
}

/** A program on its way. It leads its own process group, so that it and all its children die together. */
export interface RunningProcess {
  readonly pid: number | undefined;
  /** Present when the command asked for a pipe. A write after the program's end fails in its callback, never by an unhandled event. */
  readonly stdin: Writable | undefined;
  readonly stdout: Readable;
  /** What it has written to standard error until now, the last 64 KiB. */
  stderr(): string;
  /** Calls back for each piece of standard error as it comes. */
  onStderr(listener: (chunk: Buffer) => void): void;
  /** Ends when program and pipes are done. Rejects with `ProcessError` when something other than the program or `kill()` ended it. */
  readonly done: Promise<Exit>;
  /** SIGTERM to the group, SIGKILL two seconds later, and waits until it is gone. */
  kill(): Promise<void>;
}

const stderrTailBytes = 64 * 1024;
const killGraceMilliseconds = 2000;
/** How often a control group is asked whether its limit was reached. */
const watchMilliseconds = 250;
/** Where bubblewrap reads its arguments, which are not for everybody's eyes. */
const sandboxDescriptor = 3;
/** Of bubblewrap, around the program. */
const sandboxProcesses = 2;
/** The shell becomes the program as soon as it is in the group. */
const enterGroup = 'echo $$ > "$0" && exec "$@"';

/**
 * Starts a program: no shell, nothing inherited, its own process group, limits and sandbox there before its first instruction.
 *
 * Throws `ProcessError` at once when the program (or `prlimit`, when limits are asked for) is not there.
 */
export function startProcess(command: Command): RunningProcess {
  if (command.signal?.aborted) throw new ProcessError('ABORTED', `${nameOf(command)} was not started: the work was cancelled.`);
  const { ownProcesses } = command.limits ?? {};
  const mostProcesses = ownProcesses === undefined ? undefined : ownProcesses + (command.sandbox === undefined ? 0 : sandboxProcesses);
  const group = mostProcesses === undefined ? undefined : openControlGroup(mostProcesses);
  try {
    const launch = resolveCommand(command, group === undefined ? mostProcesses : undefined);
    const { file, args } =
      group === undefined ? launch : { file: '/bin/sh', args: ['-c', enterGroup, group.entry, launch.file, ...launch.args] };
    const child = spawn(file, args, {
      cwd: command.cwd,
      env: launch.env,
      detached: true,
      windowsHide: true,
      stdio: [
        command.stdin instanceof Uint8Array ? 'pipe' : (command.stdin ?? 'ignore'),
        'pipe',
        'pipe',
        ...(launch.sandboxArguments === undefined ? [] : ['pipe' as const]),
      ],
    });
    if (launch.sandboxArguments !== undefined) feed(child.stdio[sandboxDescriptor] as Writable, launch.sandboxArguments);
    if (child.pid !== undefined) keepPriority(child.pid);
    return superviseChild(child, command, group);
  } catch (error) {
    group?.remove();
    throw error;
  }
}

interface Launch {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
  /** They hold the environment: others may see the arguments of a process. */
  readonly sandboxArguments?: readonly string[];
}

/** `processesInside`: a limit that the sandbox is to keep. */
function resolveCommand(command: Command, processesInside: number | undefined): Launch {
  const { env: own, mark = {}, sandbox, cwd } = command;
  const env = { ...own, ...mark };
  const searchPath = env['PATH'] ?? '';
  const program = findProgram(command.program, searchPath, cwd);
  if (program === undefined) {
    throw new ProcessError(
      'PROGRAM_NOT_FOUND',
      `${nameOf(command)} was not found. Install it, or name its path (looked in ${searchPath}).`,
    );
  }
  const launch = { file: program, args: [...command.args], env };
  if (sandbox === undefined) return limit(launch, command, searchPath);
  // What runs before the sandbox is there neither comes from what is to be kept in it, nor reads its variables.
  const outside = {
    file: sandbox.program,
    args: ['--args', String(sandboxDescriptor), '--', ...limitInside(processesInside, sandbox.searchPath), program, ...command.args],
    env: { ...mark },
    sandboxArguments: buildSandboxArguments(sandbox, cwd ?? '/', env),
  };
  return limit(outside, command, sandbox.searchPath);
}

/** Set inside, it counts those of the sandbox alone; outside, all of the user's (`RLIMIT_NPROC` of getrlimit(2), user_namespaces(7)). */
function limitInside(processes: number | undefined, searchPath: string): readonly string[] {
  const prlimit = processes === undefined ? undefined : findProgram('prlimit', searchPath);
  return prlimit === undefined ? [] : [prlimit, `--nproc=${processes}`, '--'];
}

function limit(launch: Launch, command: Command, searchPath: string): Launch {
  const limitArguments = buildLimitArguments(command.limits ?? {});
  if (limitArguments.length === 0) return launch;
  const prlimit = findProgram('prlimit', searchPath);
  if (prlimit === undefined) {
    throw new ProcessError(
      'LIMITS_UNSUPPORTED',
      `${nameOf(command)} was not started: its limits cannot be set, because prlimit (package util-linux) is not installed.`,
    );
  }
  return { ...launch, file: prlimit, args: [...limitArguments, '--', launch.file, ...launch.args] };
}

function feed(pipe: Writable, words: readonly string[]): void {
  // A sandbox that does not come about says why on standard error.
  pipe.on('error', () => {});
  pipe.end(words.map((word) => `${word}\0`).join(''), () => pipe.destroy());
}

function superviseChild(child: ChildProcess, command: Command, group: ControlGroup | undefined): RunningProcess {
  const tail = createTail(stderrTailBytes);
  let failure: { code: ProcessErrorCode; message: string; signal?: NodeJS.Signals; cause?: unknown } | undefined;
  let killTimer: NodeJS.Timeout | undefined;
  let wasKilled = false;
  let isEnded = false;

  const kill = (): void => {
    group?.close();
    signalGroup(child, 'SIGKILL');
  };
  const terminate = (): void => {
    // Its group may be another program's by now.
    if (isEnded) return;
    signalGroup(child, 'SIGTERM');
    killTimer ??= setTimeout(kill, killGraceMilliseconds);
  };
  const fail = (code: ProcessErrorCode, message: string): void => {
    failure ??= { code, message };
    terminate();
  };
  const checkProcesses = (): void => {
    if (isEnded || wasKilled || group?.isExceeded() !== true) return;
    const most = command.limits!.ownProcesses;
    failure ??= {
      code: 'LIMIT_REACHED',
      message: `${nameOf(command)} was stopped: it had the ${most} processes and threads that it may have, and wanted more.`,
    };
    kill();
  };
  const watch = group && setInterval(checkProcesses, watchMilliseconds);
  const onAbort = (): void => fail('ABORTED', `${nameOf(command)} was stopped: the work was cancelled.`);
  command.signal?.addEventListener('abort', onAbort, { once: true });
  const deadline =
    command.timeoutSeconds === undefined
      ? undefined
      : setTimeout(
          () => fail('TIMED_OUT', `${nameOf(command)} was stopped: it took longer than ${command.timeoutSeconds} seconds.`),
          command.timeoutSeconds * 1000,
        );

  const done = new Promise<Exit>((resolve, reject) => {
    child.on('error', (cause) => {
      failure ??= { code: 'SPAWN_FAILED', message: `${nameOf(command)} could not be started: ${cause.message}.`, cause };
      // Without a process there will be no `close`.
      if (child.pid === undefined) settle(null, null);
    });
    // What the program left behind in its group would hold the pipes open, and outlive the work it was started for.
    if (command.awaitsGroup !== true) child.on('exit', kill);
    child.on('close', settle);

    function settle(exitCode: number | null, ownSignal: NodeJS.Signals | null): void {
      // Who cannot start what it needs ends, mostly, before it is looked at.
      if (exitCode !== 0) checkProcesses();
      isEnded = true;
      clearInterval(watch);
      group?.remove();
      const signal = ownSignal ?? findSignalInside(command, exitCode);
      clearTimeout(deadline);
      clearTimeout(killTimer);
      command.signal?.removeEventListener('abort', onAbort);
      const stderr = tail.text();
      if (failure === undefined && signal !== null && !wasKilled) failure = { ...describeSignal(command, signal), signal };
      if (failure === undefined) resolve({ exitCode: exitCode ?? 128 + signalNumber(signal), stderr });
      else reject(new ProcessError(failure.code, failure.message, { stderr, signal: failure.signal, cause: failure.cause }));
    }
  });
  // Whoever does not look at `done` has ended the program on purpose.
  done.catch(() => {});

  child.stderr?.on('data', tail.add);
  child.stdin?.on('error', () => {});
  if (command.stdin instanceof Uint8Array) child.stdin?.end(command.stdin);

  return {
    pid: child.pid,
    stdin: command.stdin === 'pipe' ? (child.stdin ?? undefined) : undefined,
    stdout: child.stdout!,
    stderr: tail.text,
    onStderr: (listener) => child.stderr?.on('data', listener),
    done,
    async kill() {
      wasKilled = true;
      terminate();
      // Unread output would keep the pipe, and with it the program, from closing.
      child.stdout?.destroy();
      await done.catch(() => {});
    },
  };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}

function describeSignal(command: Command, signal: NodeJS.Signals): { code: ProcessErrorCode; message: string } {
  if (signal === 'SIGXFSZ')
    return { code: 'LIMIT_REACHED', message: `${nameOf(command)} was stopped: it wrote a file larger than allowed.` };
  if (signal === 'SIGXCPU')
    return { code: 'LIMIT_REACHED', message: `${nameOf(command)} was stopped: it used more processor time than allowed.` };
  return { code: 'KILLED', message: `${nameOf(command)} was stopped by ${signal}.` };
}

/** A sandbox tells the signal that ended its program as shells do. */
function findSignalInside({ sandbox }: Command, exitCode: number | null): NodeJS.Signals | null {
  if (sandbox === undefined || exitCode === null) return null;
  const found = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128);
  return (found?.[0] as NodeJS.Signals | undefined) ?? null;
}

function nameOf(command: Command): string {
  return basename(command.program);
}

function createTail(maxBytes: number): { add(chunk: Buffer): void; text(): string } {
  let kept = Buffer.alloc(0);
  return {
    add(chunk) {
      const joined = Buffer.concat([kept, chunk]);
      kept = joined.subarray(Math.max(0, joined.length - maxBytes));
    },
    text: () => kept.toString('utf8'),
  };
}

function signalNumber(signal: NodeJS.Signals | null): number {
  return signal === null ? 0 : constants.signals[signal];
}
