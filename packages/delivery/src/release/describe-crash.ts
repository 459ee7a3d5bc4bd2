import { DeliveryError } from '../delivery-error.ts';
import { advise, findTellingLine } from '../logs/find-telling-line.ts';
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

/** What is known about an instance that ended: its exit code, the reason, and what it printed about it. */
export async function describeCrash(target: Target, instance: Instance, state: InstanceState | undefined): Promise<DeliveryError> {
  const what = instance.process === undefined ? 'The application' : `The process ${instance.process}`;
  if (state?.lastExit === undefined) return new DeliveryError('CRASHED', `${what} is gone: nothing of it runs any more.`);
  const { exitCode, reason } = state.lastExit;
  const line = await readTellingLine(target, instance);
  if (target.kind === 'container' && exitCode === engineRefused) {
    return new DeliveryError('ENGINE_FAILED', `The container engine refused to start the application. ${line ?? 'It gave no reason.'}`);
  }
  return new DeliveryError('CRASHED', `${what} ${words[reason]} (exit code ${exitCode}). ${quote(line)}`);
}

/** Of what an instance printed, the line that says most about why it failed, shortened; undefined when that was nothing. */
export async function readTellingLine(target: Target, instance: Instance): Promise<string | undefined> {
  const lines: string[] = [];
  for await (const { stream, text } of target.logs(instance, { last: linesLookedAt })) {
    if (stream !== 'system') lines.push(text.slice(0, 300));
  }
  return findTellingLine(lines);
}

export function quote(line: string | undefined): string {
  return line === undefined ? 'It printed nothing.' : `It printed: ${line}${advise(line)}`;
}

const linesLookedAt = 200;
