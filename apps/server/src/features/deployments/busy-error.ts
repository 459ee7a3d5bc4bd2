import { setTimeout as delay } from 'node:timers/promises';
import { ApiError } from '../../platform/http/index.ts';

/** What was done with an application last is still being carried out, which takes a moment. */
export class BusyError extends ApiError {
  constructor() {
    super('ILLEGAL_STATE', 'An earlier change of the application is still being carried out. Try again in a few seconds.');
  }
}

const patienceMs = 5000;
const pauseMs = 100;

/** Attempts a change of an application again, for a few seconds, while it is busy. */
export async function waitWhileBusy<T>(attempt: () => Promise<T>): Promise<T> {
  for (const giveUpAt = performance.now() + patienceMs; ;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof BusyError) || performance.now() > giveUpAt) throw error;
    }
    await delay(pauseMs);
  }
}
