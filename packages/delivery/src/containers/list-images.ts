import { setTimeout as delay } from 'node:timers/promises';
import { DeliveryError } from '../delivery-error.ts';
import type { ContainerEngine } from './container-engine.ts';
import { runEngine } from './run-engine.ts';

const [attempts, pauseMs] = [5, 200];

/**
 * What the engine prints of its images, a line each. Podman cannot list them while another program removes one ("layer not known"): it is asked again.
 *
 * @throws {DeliveryError} `ENGINE_UNAVAILABLE`, `ENGINE_FAILED`
 */
export async function listImages(engine: ContainerEngine, args: readonly string[]): Promise<string[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      const printed = await runEngine(engine, ['images', ...args]);
      return printed.split('\n').filter((line) => line !== '');
    } catch (error) {
      if (!(error instanceof DeliveryError) || error.code !== 'ENGINE_FAILED' || attempt === attempts) throw error;
    }
    await delay(pauseMs);
  }
}
