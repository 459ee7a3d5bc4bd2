import { DeliveryError } from '../delivery-error.ts';
import type { ExitReason, Instance, InstanceState, Target } from '../targets/target.ts';

const words: Readonly<Record<ExitReason, string>> = {
  exit: 'ended by itself',
  signal: 'was ended by a signal',
  memory: 'used more memory than its limit allows',
  pids: 'started more processes than its limit allows',
  disk: 'wrote a file larger than its limit allows',
  stopped: 'was stopped',
};

/** Of `podman run` and `docker run`, when it was not the application that failed. */
const engineRefused = 125;

/** What is known about an instance that ended: its exit code, the reason, and the last that it printed. */
export async function describeCrash(target: Target, instance: Instance, state: InstanceState | undefined): Promise<DeliveryError> {
  const what = instance.process === undefined ? 'The application' : `The process ${instance.process}`;
  if (state?.lastExit === undefined) return new DeliveryError('CRASHED', `${what} is gone: nothing of it runs any more.`);
  const { exitCode, reason } = state.lastExit;
  const last = await readLastLine(target, instance);
  if (target.kind === 'container' && exitCode === engineRefused) {
    return new DeliveryError('ENGINE_FAILED', `The container engine refused to start the application. ${last ?? 'It gave no reason.'}`);
  }
  const saying = last === undefined ? 'It printed nothing.' : `The last that it printed: ${last}`;
  return new DeliveryError('CRASHED', `${what} ${words[reason]} (exit code ${exitCode}). ${saying}`);
}

/** What an instance printed last, shortened; undefined when that was nothing. */
export async function readLastLine(target: Target, instance: Instance): Promise<string | undefined> {
  let last: string | undefined;
  for await (const line of target.logs(instance, { last: 20 })) {
    if (line.stream !== 'system' && line.text.trim() !== '') last = line.text.slice(0, 300);
  }
  return last;
}
