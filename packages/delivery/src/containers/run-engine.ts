import { ProcessError, runProcess } from '@deployguard/process';
import { DeliveryError } from '../delivery-error.ts';
import { createLineCleaner } from '../logs/line-cleaner.ts';
import type { ContainerEngine } from './container-engine.ts';

export interface EngineRunOptions {
  readonly signal?: AbortSignal;
  /** Default 120. */
  readonly timeoutSeconds?: number;
}

const defaultTimeoutSeconds = 120;
const maxOutputBytes = 64 * 1024 * 1024;

/**
 * What a short command of the engine printed.
 *
 * @throws {DeliveryError} `ENGINE_UNAVAILABLE`, `ENGINE_FAILED`, `CANCELLED`
 */
export async function runEngine(engine: ContainerEngine, args: readonly string[], options: EngineRunOptions = {}): Promise<string> {
  try {
    const { stdout, stderr, exitCode } = await runProcess({
      program: engine.program,
      args: [...(engine.arguments ?? []), ...args],
      env: engine.environment,
      timeoutSeconds: options.timeoutSeconds ?? defaultTimeoutSeconds,
      maxOutputBytes,
      ...(options.signal && { signal: options.signal }),
    });
    if (exitCode === 0) return stdout.toString('utf8');
    throw new DeliveryError('ENGINE_FAILED', `\`${engine.program} ${args[0]}\` failed with status ${exitCode}: ${readReason(stderr)}`);
  } catch (error) {
    throw error instanceof ProcessError ? explainEngineError(error, engine) : error;
  }
}

/** What Podman says of itself. */
export interface PodmanFacts {
  /** Who makes control groups: `cgroupfs`, `systemd`. */
  readonly groupManager: string;
  /** Where it keeps images. */
  readonly store: string;
  /** By what: `overlay`, `vfs`. */
  readonly storeDriver: string;
}

/** Undefined for Docker, whose daemon may be another machine's, and when it says nothing: what is asked of it next tells why. */
export async function describePodman(engine: ContainerEngine): Promise<PodmanFacts | undefined> {
  if (engine.kind !== 'podman') return undefined;
  const answer = await runEngine(engine, [
    'info',
    '--format',
    '{{.Host.CgroupManager}}\n{{.Store.GraphRoot}}\n{{.Store.GraphDriverName}}',
  ]).catch(() => '');
  const [groupManager = '', store = '', storeDriver = ''] = answer.trim().split('\n');
  return store === '' ? undefined : { groupManager, store, storeDriver };
}

/** What kept an engine from running to its own end. */
export function explainEngineError(error: ProcessError, { program }: ContainerEngine): DeliveryError {
  if (error.code === 'ABORTED') return new DeliveryError('CANCELLED', `${program} was stopped: the work was cancelled.`, { cause: error });
  if (error.code === 'PROGRAM_NOT_FOUND' || error.code === 'SPAWN_FAILED')
    return new DeliveryError('ENGINE_UNAVAILABLE', `${error.message} It runs containers here; see the settings of containers.`, {
      cause: error,
    });
  return new DeliveryError('ENGINE_FAILED', error.message, { cause: error });
}

/** The last lines of what an engine complained of, without those that tell how far it is or that it tries again. */
function readReason(stderr: string): string {
  const lines = stderr.trim().split('\n');
  const complaints = lines.filter((line) => !isProgress.test(line));
  return (complaints.length === 0 ? lines : complaints).slice(-5).map(createLineCleaner()).map(keepEnds).join('\n');
}

const isProgress =
  /^(?:Getting image source signatures|Copying (?:blob|config) |Writing manifest to |Storing signatures|time=.*msg="Failed, retrying in )/;

const endCharacters = 170;

/** The beginning of a long line says what was tried, and its end why it failed. */
function keepEnds(line: string): string {
  if (line.length <= 2 * endCharacters) return line;
  return `${line.slice(0, endCharacters)} … ${line.slice(-endCharacters)}`.toWellFormed();
}
