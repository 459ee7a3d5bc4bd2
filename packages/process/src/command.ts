import type { Sandbox } from './sandbox.ts';

/** A program to run, described as data. Nothing is inherited: what the program may see is in `env`. */
export interface Command {
  /** A name looked up in `env.PATH`, or a path. */
  readonly program: string;
  /** Passed on one by one; no shell reads them. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Variables by which the program and all that it starts are found, wherever they went: `env` has them too, from the first moment on. */
  readonly mark?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Bytes to feed, `pipe` to write them yourself (with `startProcess`), or an open file. Default `ignore`: the program reads an empty input. */
  readonly stdin?: 'ignore' | 'pipe' | Uint8Array | number;
  /** Wall time until the whole process group is killed. */
  readonly timeoutSeconds?: number;
  readonly signal?: AbortSignal;
  /** Most that `runProcess` collects from standard output before it gives up; `startProcess` hands out a stream and does not count. */
  readonly maxOutputBytes?: number;
  readonly limits?: ProcessLimits;
  /** Default: it sees and may change what this process may. */
  readonly sandbox?: Sandbox;
  /** What it started may end after it: `done` waits for that, as long as it holds the pipes. Default: everything in its group is killed when it ends. */
  readonly awaitsGroup?: boolean;
}

/** Limits that the kernel keeps for the program and each of its children. */
export interface ProcessLimits {
  /** The largest file it may write. */
  readonly fileSizeBytes?: number;
  /** The address space of each process. */
  readonly addressSpaceBytes?: number;
  /** What each process allocates; files that it maps to read them do not count. */
  readonly dataBytes?: number;
  /** Processor time of each process. */
  readonly cpuSeconds?: number;
  readonly openFiles?: number;
  /** How many processes and threads its user may have; the kernel does not count those of root. */
  readonly processes?: number;
  /**
   * How many processes and threads it may have at a time with all that it starts: by a control group, or else in a sandbox by a limit for its user there.
   * Where there can be neither, nothing keeps it.
   */
  readonly ownProcesses?: number;
  /** The largest image of its memory that it may leave when it crashes; 0 for none. */
  readonly coreBytes?: number;
}
