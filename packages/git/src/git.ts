import { findProgram, ProcessError, runProcess, startProcess } from '@deployguard/process';
import type { Command, ProcessLimits, RunningProcess } from '@deployguard/process';
import { buildGitEnvironment, defaultSearchPath } from './git-environment.ts';
import type { GitEnvironmentOptions, Protocol, Setting } from './git-environment.ts';
import { GitError } from './git-error.ts';
import { stripControl } from './strip-control.ts';

export interface GitOptions {
  /** The repository that git works on; a directory of ours, never one that a stranger filled. */
  readonly gitDir: string;
  /** An empty directory that serves as home. */
  readonly homeDirectory: string;
  readonly searchPath?: string;
  readonly protocols?: readonly Protocol[];
  readonly settings?: readonly Setting[];
  /** Added to git's environment, which starts from nothing. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly limits?: ProcessLimits;
  readonly signal?: AbortSignal;
}

export interface GitRunOptions {
  readonly stdin?: 'ignore' | 'pipe' | Uint8Array;
  /** Default: an hour for `run`, none for `start`. */
  readonly timeoutSeconds?: number;
  readonly signal?: AbortSignal;
  readonly maxOutputBytes?: number;
  /** What git may allocate; not kept where the system has no `prlimit`. */
  readonly maxMemoryBytes?: number;
  readonly settings?: readonly Setting[];
  readonly protocols?: readonly Protocol[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly limits?: ProcessLimits;
}

/**
 * git on one repository of ours, with a closed environment. Names of refs and files are bytes: give them on standard input, in arguments
 * only what is ASCII, and always after `--` or `--end-of-options`.
 */
export interface Git {
  readonly gitDir: string;
  /** Standard output of a finished git. Throws `GitError` on a non-zero exit, `ProcessError` on limits and cancellation. */
  run(args: readonly string[], options?: GitRunOptions): Promise<Buffer>;
  /** A git under way; its `done` resolves with whatever exit code there is. */
  start(args: readonly string[], options?: GitRunOptions): RunningProcess;
}

const defaultTimeoutSeconds = 3600;

export function createGit(options: GitOptions): Git {
  return {
    gitDir: options.gitDir,
    run: (args, runOptions = {}) => runGit(buildCommand([`--git-dir=${options.gitDir}`, ...args], options, runOptions), nameOf(args)),
    start: (args, runOptions = {}) => startGit(buildCommand([`--git-dir=${options.gitDir}`, ...args], options, runOptions)),
  };
}

/** Runs a git that works on no repository yet, such as `init` and `clone`. */
export async function runBareGit(
  args: readonly string[],
  options: Omit<GitOptions, 'gitDir'>,
  runOptions: GitRunOptions = {},
): Promise<Buffer> {
  return await runGit(buildCommand(args, options, runOptions), nameOf(args));
}

/** Starts a git that works on no repository yet. */
export function startBareGit(args: readonly string[], options: Omit<GitOptions, 'gitDir'>, runOptions: GitRunOptions = {}): RunningProcess {
  return startGit(buildCommand(args, options, runOptions));
}

function buildCommand(args: readonly string[], options: Omit<GitOptions, 'gitDir'>, runOptions: GitRunOptions): Command {
  const environment: GitEnvironmentOptions = {
    homeDirectory: options.homeDirectory,
    searchPath: options.searchPath ?? defaultSearchPath,
    protocols: runOptions.protocols ?? options.protocols ?? [],
    settings: [...(options.settings ?? []), ...(runOptions.settings ?? [])],
    extra: { ...options.environment, ...runOptions.environment },
  };
  const signal = runOptions.signal ?? options.signal;
  const limits = addMemoryLimit(runOptions.limits ?? options.limits, runOptions.maxMemoryBytes, environment.searchPath);
  return {
    program: 'git',
    args,
    env: buildGitEnvironment(environment),
    cwd: options.homeDirectory,
    stdin: runOptions.stdin ?? 'ignore',
    ...(runOptions.timeoutSeconds === undefined ? {} : { timeoutSeconds: runOptions.timeoutSeconds }),
    ...(runOptions.maxOutputBytes === undefined ? {} : { maxOutputBytes: runOptions.maxOutputBytes }),
    ...(signal === undefined ? {} : { signal }),
    ...(limits === undefined ? {} : { limits }),
  };
}

function addMemoryLimit(limits: ProcessLimits | undefined, dataBytes: number | undefined, searchPath: string): ProcessLimits | undefined {
  return dataBytes === undefined || findProgram('prlimit', searchPath) === undefined ? limits : { ...limits, dataBytes };
}

async function runGit(command: Command, name: string): Promise<Buffer> {
  const result = await explainFailure(() => runProcess({ timeoutSeconds: defaultTimeoutSeconds, ...command }));
  if (result.exitCode === 0) return result.stdout;
  const details = stripControl(result.stderr).trim();
  if (isOutOfMemory(details)) throw new GitError('LIMIT_EXCEEDED', `git ${name} was stopped: it needs too much memory.`, { details });
  throw new GitError('GIT_FAILED', `git ${name} failed (exit ${result.exitCode}): ${lastLine(details)}`, { details });
}

function startGit(command: Command): RunningProcess {
  try {
    const running = startProcess(command);
    const done = explainFailure(() => running.done);
    // Whoever does not look at it has ended git on purpose.
    done.catch(() => {});
    return { ...running, done };
  } catch (error) {
    throw explainProcessError(error);
  }
}

async function explainFailure<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw explainProcessError(error);
  }
}

function explainProcessError(error: unknown): unknown {
  if (!(error instanceof ProcessError)) return error;
  if (error.code === 'PROGRAM_NOT_FOUND')
    return new GitError('GIT_NOT_FOUND', 'git was not found. Install git 2.39 or newer.', { cause: error });
  if (error.code !== 'KILLED') return error;
  const why = /SIG(?:SEGV|BUS|ABRT)/.test(error.message)
    ? 'It crashes on folders nested thousands deep, which no ordinary repository has (a "git bomb").'
    : 'The system may have run out of memory.';
  return new GitError('LIMIT_EXCEEDED', `${error.message} ${why} What it was to read could not be read.`, { cause: error });
}

/** Whether git's last words say that it ran into its memory limit. */
export function isOutOfMemory(stderr: string): boolean {
  return /out of memory|mmap failed/i.test(stderr);
}

/** The sub-command alone: arguments may hold paths and patterns that an error should not repeat. */
function nameOf(args: readonly string[]): string {
  return args.find((arg) => !arg.startsWith('-')) ?? '';
}

function lastLine(text: string): string {
  return text.split('\n').findLast((line) => line.trim() !== '') ?? 'no reason given';
}
