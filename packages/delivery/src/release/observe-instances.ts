import { setTimeout as delay } from 'node:timers/promises';
import { DeliveryError } from '../delivery-error.ts';
import type { Instance, InstanceState, Target } from '../targets/target.ts';
import { ask } from './ask-instance.ts';
import { describeCrash } from './describe-crash.ts';
import type { HealthCheck } from './release.ts';

export interface ObserveOptions {
  readonly durationMs: number;
  readonly hostName: string;
  readonly signal: AbortSignal;
}

const intervalMs = 500;
/** One answer can be late by chance. */
const failuresUntilUnhealthy = 3;
/** Of several instances that answer now and then, one may be late at each look. */
const mostLooksInDoubt = 10;

/** Looks on while users come, and on after the time if the last answer was none. @throws {DeliveryError} CRASHED when an instance ends meanwhile, UNHEALTHY when it no longer answers well. */
export async function observeInstances(
  target: Target,
  instances: readonly Instance[],
  health: HealthCheck,
  options: ObserveOptions,
): Promise<void> {
  const { durationMs, hostName, signal } = options;
  const restartsBefore = new Map<string, number>();
  const failures = new Map<string, number>();
  const end = performance.now() + durationMs;
  let [looksInDoubt, fault] = [0, ''];
  while (true) {
    for (const instance of instances) {
      const state = await target.inspect(instance);
      const restarts = state?.restarts ?? 0;
      const before = restartsBefore.get(instance.id) ?? restarts;
      restartsBefore.set(instance.id, before);
      if (state === undefined || state.status !== 'running' || restarts > before) throw await describeCrash(target, instance, state);
      // Nobody asks it anything.
      if (instance.process !== undefined) continue;

      const { isHealthy, finding } = await ask(instance.address, { ...health, hostName, signal });
      if (!isHealthy) fault = finding;
      const failed = isHealthy ? 0 : (failures.get(instance.id) ?? 0) + 1;
      failures.set(instance.id, failed);
      if (failed >= failuresUntilUnhealthy) {
        // What ended before it was first looked at does not answer, because it is being started again.
        if (hasEnded(state)) throw await describeCrash(target, instance, state);
        throw new DeliveryError('UNHEALTHY', `After the switch the application became unhealthy: ${finding}.`);
      }
    }
    const leftMs = end - performance.now();
    const isInDoubt = failures.values().some((failed) => failed > 0);
    if (leftMs <= 0 && !isInDoubt) return;
    if (leftMs <= 0 && ++looksInDoubt > mostLooksInDoubt)
      throw new DeliveryError('UNHEALTHY', `After the switch the application answered only now and then: ${fault}.`);
    await delay(leftMs > 0 ? Math.min(intervalMs, leftMs) : intervalMs, undefined, { signal });
  }
}

function hasEnded({ lastExit }: InstanceState): boolean {
  return lastExit !== undefined && lastExit.reason !== 'stopped';
}
