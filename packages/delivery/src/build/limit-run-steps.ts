import { setTimeout as delay } from 'node:timers/promises';
import { openControlGroup } from '@deployguard/process';
import type { PodmanFacts } from '../containers/run-engine.ts';
import { groupNameOf } from './image-leftovers.ts';
import { mostBuildProcesses } from './most-processes.ts';

export interface RunStepLimit {
  /** Of the engine's command `build`. */
  readonly args: readonly string[];
  remove(): Promise<void>;
}

const [removals, removalMilliseconds] = [20, 100];

/**
 * Limits how many processes and threads the commands of a build of an image have together, which Podman does for what runs but not for what is built.
 * Undefined where there is no such limit: with Docker, whose commands another program runs; as another user than root; and with groups that systemd
 * makes, which has names of its own for them.
 */
export function limitRunSteps(podman: PodmanFacts | undefined, temporaryDirectory: string): RunStepLimit | undefined {
  if (podman?.groupManager !== 'cgroupfs' || process.getuid?.() !== 0) return undefined;
  const group = openControlGroup(mostBuildProcesses);
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
