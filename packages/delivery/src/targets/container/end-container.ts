import { readFileSync } from 'node:fs';
import { runEngine } from '../../containers/run-engine.ts';
import { DeliveryError } from '../../delivery-error.ts';
import type { ContainerOrder } from '../supervised/supervisor-order.ts';

/** Beyond the grace period, for the engine itself. */
const engineSeconds = 60;

/** Asks a container to end, ends it when it has not after the grace period, and removes it. One that is not there is as good as removed. */
export async function endContainer({ engine, name }: ContainerOrder, graceMs: number): Promise<void> {
  const graceSeconds = Math.ceil(graceMs / 1000);
  try {
    if (graceSeconds > 0 && (await hearsTermination({ engine, name }))) {
      await runEngine(engine, ['stop', '--time', String(graceSeconds), name], { timeoutSeconds: graceSeconds + engineSeconds });
    }
  } catch (error) {
    if (!(error instanceof DeliveryError) || error.code !== 'ENGINE_FAILED') throw error;
  }
  await removeContainer({ engine, name });
}

async function removeContainer({ engine, name }: ContainerOrder): Promise<void> {
  try {
    await runEngine(engine, ['rm', '--force', '--volumes', name], { timeoutSeconds: engineSeconds });
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
}

/**
 * The kernel does not wait for a first process that has no handler of the signal: it is never told. Whoever has none is not waited for either.
 * Bit 14 of the mask stands for SIGTERM (proc(5), signal(7)).
 */
async function hearsTermination({ engine, name }: ContainerOrder): Promise<boolean> {
  try {
    const pid = (await runEngine(engine, ['container', 'inspect', '--format', '{{.State.Pid}}', name])).trim();
    const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return mask === undefined || (BigInt(`0x${mask}`) & (1n << 14n)) !== 0n;
  } catch {
    return true;
  }
}

/** The engine's answer to a name that it does not know. */
export function isAbsent(error: unknown): boolean {
  return error instanceof DeliveryError && error.code === 'ENGINE_FAILED' && /no such|not found|not known/i.test(error.message);
}
