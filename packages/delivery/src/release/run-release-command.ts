import { setTimeout as delay } from 'node:timers/promises';
import { DeliveryError } from '../delivery-error.ts';
import type { Instance, InstanceState } from '../targets/target.ts';
import { quote, readTellingLine } from './describe-crash.ts';
import type { ReleaseWork } from './release-run.ts';

const pollMs = 100;

export function hasReleaseCommand({ isNew = false, release }: ReleaseWork): boolean {
  return isNew && release.commands.release !== undefined;
}

/**
 * Runs the release command of a release that is new, to its end. Broken off, it runs on, and is waited for by whoever goes on.
 *
 * @throws {DeliveryError} RELEASE_COMMAND_FAILED
 */
export async function runReleaseCommand(work: ReleaseWork): Promise<void> {
  const { target, release, id, signal, graceMs, releaseCommandSeconds: seconds } = work;
  const instance = await target.startReleaseCommand(release, { id: `${id}-release`, signal });
  work.releaseCommand = instance;
  const late = AbortSignal.timeout(seconds * 1000);
  const state = await awaitEnd({ ...work, signal: AbortSignal.any([signal, late]) }, instance).catch(async (error: unknown) => {
    const isLate = late.aborted && !signal.aborted;
    if (isLate || signal.reason instanceof DeliveryError) await target.stop(instance, { graceMs });
    if (!isLate) throw error;
    const line = await readTellingLine(target, instance);
    throw new DeliveryError(
      'RELEASE_COMMAND_FAILED',
      `The release command was stopped: it took longer than ${seconds} seconds. ${quote(line)}`,
    );
  });
  await target.stop(instance, { graceMs: 0 });
  const { exitCode, reason } = state?.lastExit ?? { exitCode: 1, reason: 'stopped' };
  if (exitCode === 0 && reason === 'exit') return;
  const line = await readTellingLine(target, instance);
  throw new DeliveryError('RELEASE_COMMAND_FAILED', `The release command failed (exit code ${exitCode}). ${quote(line)}`);
}

async function awaitEnd({ target, signal }: ReleaseWork, instance: Instance): Promise<InstanceState | undefined> {
  for (;;) {
    const state = await target.inspect(instance);
    if (state === undefined || state.status === 'exited') return state;
    await delay(pollMs, undefined, { signal });
  }
}
