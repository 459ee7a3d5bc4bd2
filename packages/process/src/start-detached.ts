import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { findProgram } from './find-program.ts';
import { keepPriority } from './keep-priority.ts';
import { ProcessError } from './process-error.ts';

/** A program that is to live longer than this process. */
export interface DetachedCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** What it reads before it says its first line. */
  readonly input: Uint8Array;
  /** A file that its standard error is appended to. */
  readonly errorPath: string;
}

/**
 * Starts a program in a session of its own, which this process does not wait for and does not take along when it ends.
 *
 * It says one line on standard output when it is under way, which is the answer; from then on nobody reads what it writes there. Throws
 * `ProcessError` when it cannot be started, or ends without a line.
 */
export async function startDetached(command: DetachedCommand): Promise<{ readonly pid: number; readonly firstLine: string }> {
  const name = basename(command.program);
  const file = findProgram(command.program, command.env['PATH'] ?? '', command.cwd);
  if (file === undefined) throw new ProcessError('PROGRAM_NOT_FOUND', `${name} was not found. Install it, or name its path.`);

  const errors = openSync(command.errorPath, 'a', 0o600);
  const child = spawn(file, [...command.args], {
    cwd: command.cwd,
    env: { ...command.env },
    detached: true,
    stdio: ['pipe', 'pipe', errors],
  });
  closeSync(errors);
  try {
    await once(child, 'spawn');
  } catch (cause) {
    throw new ProcessError('SPAWN_FAILED', `${name} could not be started: ${(cause as Error).message}.`, { cause });
  }
  keepPriority(child.pid!);
  child.unref();
  const { stdin, stdout } = child;
  stdin!.on('error', () => {});
  stdin!.end(command.input);
  try {
    for await (const firstLine of createInterface({ input: stdout! })) return { pid: child.pid!, firstLine };
  } finally {
    stdout!.destroy();
  }
  throw new ProcessError('KILLED', `${name} ended without a word.`);
}
