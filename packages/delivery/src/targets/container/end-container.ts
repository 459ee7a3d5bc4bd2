import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
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
 * The kernel tells a first process nothing of a signal that it neither has a handler for nor waits for with the signal blocked, as programs that
 * are only there to start another one do. Whoever does neither is not waited for. Bits of the masks are counted from signal 1 (proc(5), signal(7)).
 */
async function hearsTermination({ engine, name }: ContainerOrder): Promise<boolean> {
  try {
    const inspected = await runEngine(engine, ['container', 'inspect', '--format', '{{.State.Pid}} {{.Config.StopSignal}}', name]);
    const [pid = '', stopSignal] = inspected.trim().split(' ');
    const number = readSignal(stopSignal);
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const masks = [...status.matchAll(/^Sig(?:Cgt|Blk):\s*([0-9a-f]+)$/gm)].map(([, mask]) => BigInt(`0x${mask}`));
    return number === undefined || masks.length === 0 || masks.some((mask) => ((mask >> BigInt(number - 1)) & 1n) === 1n);
  } catch {
    return true;
  }
}

/** As engines print it: a number, a name, or nothing for SIGTERM. Undefined for one that Node knows no number of. */
function readSignal(text = ''): number | undefined {
  if (text === '') return constants.signals.SIGTERM;
  return /^\d+$/.test(text) ? Number(text) : constants.signals[`SIG${text.replace(/^SIG/, '')}` as NodeJS.Signals];
}

const absent = /no such (?:container|image|network|object)\b|image not known|network (?:\S+ )?not found/i;

/** The engine's answer to a name that it does not know: not one of a socket or a runtime that are not there. */
export function isAbsent(error: unknown): boolean {
  return error instanceof DeliveryError && error.code === 'ENGINE_FAILED' && absent.test(error.message);
}
