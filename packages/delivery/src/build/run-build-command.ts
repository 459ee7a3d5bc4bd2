import { setTimeout as delay } from 'node:timers/promises';
import { ProcessError, startProcess } from '@deployguard/process';
import type { Command, Exit, RunningProcess } from '@deployguard/process';
import { DeliveryError } from '../delivery-error.ts';
import { findTellingLine } from '../logs/find-telling-line.ts';
import type { BuildLog } from './build-log.ts';
import { endStrays, markName } from './end-strays.ts';

export interface BuildCommand extends Omit<Command, 'stdin' | 'maxOutputBytes' | 'mark'> {
  /** What it does, for messages: `npm ci`. */
  readonly title: string;
  /** Set for the command and all that it starts: by it they are found, wherever they went. */
  readonly mark: string;
}

/**
 * Runs one command of a build to its end, its output to the log. Nothing that it started outlives it.
 *
 * @throws {DeliveryError} `BUILD_FAILED`, `BUILD_TIMED_OUT`, `TOOL_MISSING`, `CANCELLED`
 */
export async function runBuildCommand({ title, mark, ...command }: BuildCommand, log: BuildLog): Promise<void> {
  const stdout = log.openStream('stdout');
  const stderr = log.openStream('stderr');
  try {
    const running = startProcess({ ...command, mark: { [markName]: mark } });
    running.stdout.on('data', stdout.add);
    running.onStderr(stderr.add);
    const { exitCode } = await waitForEnd(running, mark).finally(() => {
      stdout.end();
      stderr.end();
    });
    if (exitCode === 0) return;
    if (exitCode === 127) throw new DeliveryError('TOOL_MISSING', `${explainMissing(title, log.lastLines())}\n${tailOf(log)}`);
    throw new DeliveryError('BUILD_FAILED', `\`${title}\` failed with status ${exitCode}.${quote(log)}\n${tailOf(log)}`);
  } catch (error) {
    throw error instanceof ProcessError ? explain(error, title, log) : error;
  } finally {
    await endStrays(mark);
  }
}

/** Shells say `sh: 1: mix: not found` (dash) or `sh: line 1: mix: command not found` (bash). */
const missingProgram = /: ([\w@.+-]{1,64}): (?:command )?not found$/;

/** Package managers run what the dependencies brought: of that the machine need not have anything. */
function explainMissing(title: string, lines: readonly string[]): string {
  const name = lines.map((line) => missingProgram.exec(line)?.[1]).findLast((found) => found !== undefined);
  const [program] = title.split(' ');
  if (name !== undefined && name !== program && packageManagers.includes(program!))
    return `\`${title}\` runs \`${name}\`, which is not there. Is the package that brings it missing from the dependencies?`;
  return `\`${title}\` needs \`${name ?? program}\`, which is not installed. Install it on the machine of the service, or run applications in containers, which bring it (\`deployments.target: container\`).`;
}

const packageManagers = ['npm', 'npx', 'pnpm', 'yarn', 'bun', 'composer', 'bundle', 'poetry', 'pipenv', 'uv', 'pdm'];

function quote(log: BuildLog): string {
  const line = findTellingLine(log.lastLines());
  return line === undefined ? '' : ` It printed: ${line.slice(0, 300)}`;
}

function tailOf(log: BuildLog): string {
  return log.lastLines().join('\n');
}

/** What went off to a session of its own holds the pipes open, so that the end of the command itself would not be seen. */
async function waitForEnd(running: RunningProcess, mark: string): Promise<Exit> {
  const isDone = running.done.then(
    () => true,
    () => true,
  );
  while (!(await Promise.race([isDone, delay(100, false)]))) if (!isThere(running.pid)) await endStrays(mark);
  return await running.done;
}

function isThere(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}

function explain(error: ProcessError, title: string, log: BuildLog): DeliveryError {
  const options = { cause: error };
  switch (error.code) {
    case 'ABORTED':
      return new DeliveryError('CANCELLED', `\`${title}\` was stopped: the build was cancelled.`, options);
    case 'TIMED_OUT':
      return new DeliveryError('BUILD_TIMED_OUT', `\`${title}\` was stopped: the build took longer than it may.\n${tailOf(log)}`, options);
    case 'PROGRAM_NOT_FOUND':
    case 'LIMITS_UNSUPPORTED':
    case 'SPAWN_FAILED':
      return new DeliveryError('TOOL_MISSING', error.message, options);
    default:
      return new DeliveryError('BUILD_FAILED', `\`${title}\` was stopped: ${error.message}\n${tailOf(log)}`, options);
  }
}
