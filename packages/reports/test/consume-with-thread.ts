import { isMainThread } from 'node:worker_threads';
import type { ReportedFinding } from '@deployguard/findings';
import type { Consumer } from '../src/read-report.ts';

export interface Consumed {
  readonly findings: readonly ReportedFinding[];
  readonly isHelped: boolean;
}

/** Keeps the findings. Who reads a title of `FAIL` in the thread fails; who reads in the main thread takes its time, so that the other one gets some. */
export function consumeWithThread(findings: readonly ReportedFinding[]): Consumed {
  if (isMainThread) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4);
  else if (findings.some(({ title }) => title === 'FAIL')) throw new Error('The thread was told to fail.');
  return { findings, isHelped: !isMainThread };
}

export const threadConsumer: Consumer<Consumed> = {
  consume: consumeWithThread,
  thread: new URL('./reading-thread-main.ts', import.meta.url),
};
