import { ProcessError, startProcess } from '@deployguard/process';
import type { RunningProcess } from '@deployguard/process';
import { describePodman, explainEngineError } from '../containers/run-engine.ts';
import type { ContainerEngine } from '../containers/container-engine.ts';
import { DeliveryError } from '../delivery-error.ts';
import type { BuildLog } from './build-log.ts';
import { endStrays, markName } from './end-strays.ts';
import { explainImageFailure } from './explain-image-failure.ts';
import { guardDisk } from './guard-disk.ts';
import { endCommands, endRunSteps, removeWorkContainers } from './image-leftovers.ts';
import { limitRunSteps } from './limit-run-steps.ts';

export interface ImageBuildRun {
  readonly engine: ContainerEngine;
  /** Of the command `build`. */
  readonly args: readonly string[];
  /** Of this build alone: what the engine writes while it works. */
  readonly temporaryDirectory: string;
  readonly mark: string;
  readonly timeoutSeconds: number;
  readonly log: BuildLog;
  /** Takes what the engine prints. */
  readonly onOutput?: (chunk: Uint8Array) => void;
  readonly signal?: AbortSignal;
}

/**
 * Runs the engine's build to its end. When it is cancelled or takes too long, its commands are ended first, so that the engine removes what
 * it began; then the engine itself.
 *
 * @throws {DeliveryError} `BUILD_FAILED`, `BUILD_TIMED_OUT`, `BUILD_TOO_LARGE`, `DISK_FULL`, `CANCELLED`, `REGISTRY_UNREACHABLE`, `ENGINE_UNAVAILABLE`, `ENGINE_FAILED`
 */
export async function runImageBuild(run: ImageBuildRun): Promise<void> {
  const { engine, args, temporaryDirectory, mark, timeoutSeconds, log, onOutput, signal } = run;
  const podman = await describePodman(engine);
  using disk = await guardDisk(podman?.store ?? '', signal);
  const env = { ...engine.environment, TMPDIR: temporaryDirectory, [markName]: mark };
  const [stdout, stderr] = [log.openStream('stdout'), log.openStream('stderr')];
  const stop = AbortSignal.any([AbortSignal.timeout(timeoutSeconds * 1000), disk.signal]);
  const containers = new Set<string>();
  const limit = limitRunSteps(podman, temporaryDirectory);
  try {
    if (signal?.aborted) throw cancelled();
    const limited = [...(limit?.args ?? []), ...args];
    const running = startProcess({ program: engine.program, args: [...(engine.arguments ?? []), 'build', ...limited], env });
    running.stdout.on('data', stdout.add);
    if (onOutput !== undefined) running.stdout.on('data', onOutput);
    running.onStderr(stderr.add);
    const onStop = (): void => void endBuild(running, temporaryDirectory, containers);
    if (stop.aborted) onStop();
    else stop.addEventListener('abort', onStop, { once: true });
    const { exitCode } = await running.done.finally(() => {
      stop.removeEventListener('abort', onStop);
      stdout.end();
      stderr.end();
    });
    // What came to its end all the same need not be built again.
    if (exitCode === 0) return;
    if (signal?.aborted) throw cancelled();
    disk.assertRoom();
    if (stop.aborted)
      throw new DeliveryError(
        'BUILD_TIMED_OUT',
        `The build of the image was stopped: it took longer than ${timeoutSeconds} seconds.\n${log.lastLines().join('\n')}`,
      );
    throw explainImageFailure(exitCode, log.lastLines(), await disk.isFull());
  } catch (error) {
    if (!(error instanceof ProcessError)) throw error;
    if (signal?.aborted) throw cancelled();
    disk.assertRoom();
    throw explainEngineError(error, engine);
  } finally {
    for (const id of await endRunSteps(temporaryDirectory)) containers.add(id);
    await endStrays(mark);
    await removeWorkContainers(containers, engine);
    await limit?.remove();
  }
}

async function endBuild(running: RunningProcess, temporaryDirectory: string, containers: Set<string>): Promise<void> {
  let isGone = false;
  const see = (): void => void (isGone = true);
  running.done.then(see, see);
  await endCommands(temporaryDirectory, containers, () => isGone);
  if (!isGone) await running.kill();
}

function cancelled(): DeliveryError {
  return new DeliveryError('CANCELLED', 'The build of the image was stopped: it was cancelled.');
}
