import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';

export interface AttemptMeasure {
  readonly kind: string;
  readonly outcome: string;
  /** From when it could have been run until it was. */
  readonly waitedSeconds: number;
  readonly seconds: number;
}

export interface QueueSize {
  readonly queue: string;
  readonly state: string;
  readonly count: number;
  readonly oldestSeconds: number;
}

/** What a worker does. Returns what counts an attempt that has ended. */
export function measureWorker(
  registry: Registry,
  { concurrency, countRunning }: { readonly concurrency: number; readonly countRunning: () => number },
): (attempt: AttemptMeasure) => void {
  const registers = [registry];
  const attempts = new Counter({
    name: 'deployguard_task_attempts_total',
    help: 'Attempts that have ended, by kind of task and outcome.',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  const durations = new Histogram({
    name: 'deployguard_task_duration_seconds',
    help: 'Time that attempts took.',
    labelNames: ['kind'],
    buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 900, 1800, 3600],
    registers,
  });
  const waits = new Histogram({
    name: 'deployguard_task_wait_seconds',
    help: 'Time from when a task could be run until it was.',
    labelNames: ['kind'],
    buckets: [0.01, 0.05, 0.25, 1, 5, 30, 120, 600, 3600],
    registers,
  });
  const slots = new Gauge({ name: 'deployguard_worker_slots', help: 'Tasks that the worker can run at a time.', registers });
  slots.set(concurrency);
  const busySlots: Gauge = new Gauge({
    name: 'deployguard_worker_busy_slots',
    help: 'Tasks that the worker runs now.',
    registers,
    collect: () => busySlots.set(countRunning()),
  });
  return ({ kind, outcome, waitedSeconds, seconds }) => {
    attempts.inc({ kind, outcome });
    durations.observe({ kind }, seconds);
    waits.observe({ kind }, waitedSeconds);
  };
}

/** What all queues hold, asked for when the metrics are read. While it cannot be told there is nothing of it among them. */
export function measureQueueSizes(registry: Registry, measure: () => Promise<readonly QueueSize[]>): void {
  const labelNames = ['queue', 'state'];
  const ages = new Gauge({
    name: 'deployguard_tasks_oldest_seconds',
    help: 'Age of the oldest task, by queue and state.',
    labelNames,
    registers: [registry],
  });
  const counts: Gauge = new Gauge({
    name: 'deployguard_tasks',
    help: 'Tasks that wait, run or are dead, by queue.',
    labelNames,
    registers: [registry],
    async collect() {
      counts.reset();
      ages.reset();
      for (const { queue, state, count, oldestSeconds } of await measure().catch(() => [])) {
        counts.set({ queue, state }, count);
        ages.set({ queue, state }, oldestSeconds);
      }
    },
  });
}
