import { setTimeout as delay } from 'node:timers/promises';
import { openControlGroup } from '@deployguard/process';
import type { ContainerEngine } from '../containers/container-engine.ts';
import { describeEngine } from '../containers/run-engine.ts';
import { groupNameOf } from './image-leftovers.ts';

export interface RunStepLimit {
  /** Of the engine's command `build`. */
  readonly args: readonly string[];
  remove(): Promise<void>;
}

/** With threads: as many as Podman gives a container that runs. */
const mostProcesses = 2048;
const [removals, removalMilliseconds] = [20, 100];

/**
 * Limits how many processes and threads the commands of a build of an image have together, which Podman does for what runs but not for what is built.
 * Undefined where there is no such limit: with Docker, whose commands another program runs; as another user than root; and with groups that systemd
 * makes, which has names of its own for them.
 */
export async function limitRunSteps(engine: ContainerEngine, temporaryDirectory: string): Promise<RunStepLimit | undefined> {
  if (engine.kind !== 'podman' || process.getuid?.() !== 0) return undefined;
  const manager = await describeEngine(engine, '{{.Host.CgroupManager}}');
  const group = manager === 'cgroupfs' ? openControlGroup(mostProcesses) : undefined;
  if (group === undefined) return undefined;
  return {
    // The runtime removes the group of a command with it, and makes it anew for the next: the limit is that of the group above.
    args: ['--cgroup-parent', `${group.path}/${groupNameOf(temporaryDirectory)}`],
    async remove() {
      // The kernel takes a moment to end all that a command has started.
      for (let times = 0; times < removals && !group.remove(); times++) await delay(removalMilliseconds);
    },
  };
}
