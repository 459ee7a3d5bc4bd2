import { setTimeout as delay } from 'node:timers/promises';

/** Lets a loop pause until something rings. What rang since the last pause counts, so nothing is missed while the loop is at work. */
export interface Alarm {
  ring(): void;
  /** Returns when it rings, at the latest after the time. */
  pause(milliseconds: number): Promise<void>;
}

export function createAlarm(): Alarm {
  let hasRung = false;
  let wake = (): void => {};
  return {
    ring() {
      hasRung = true;
      wake();
    },
    async pause(milliseconds) {
      if (!hasRung) {
        const ended = new AbortController();
        wake = () => ended.abort();
        await delay(milliseconds, undefined, { signal: ended.signal }).catch(() => {});
        wake = () => {};
      }
      hasRung = false;
    },
  };
}
