import type { Readable } from 'node:stream';
import type { ExitCode } from './exit-code.ts';
import type { Terminal } from './terminal/terminal.ts';

/** All that a command may know of the process around it. */
export interface CliContext {
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  /** Node and launcher, for hooks that start us again. */
  readonly program: { readonly node: string; readonly launcher: string };
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  /** Aborted by Ctrl-C and by a polite kill. */
  readonly signal: AbortSignal;
  /** Set by the command that ran. */
  exitCode: ExitCode;
  /** Set by a command that runs until a signal ends it: nothing was cut off. */
  isExpectedToBeInterrupted?: boolean;
  /** Set by a command while it waits for what a service does: what goes on when the command does not, and what to do about it. */
  goesOn?: string;
}
