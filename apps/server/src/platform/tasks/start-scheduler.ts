import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Database } from '../database/index.ts';
import { createAlarm } from '../queue/index.ts';
import type { Doorbell } from '../queue/index.ts';
import { performDuty } from './duty.ts';
import type { Duty } from './duty.ts';
import { forgetTasks } from './forget-tasks.ts';
import { acquireLease, leaderLease, releaseLease } from './leader-lease.ts';
import { reapTasks } from './reap-tasks.ts';
import { republishTasks } from './republish-tasks.ts';
import { defaultBackoff } from './settle-task.ts';
import type { Backoff } from './settle-task.ts';
import type { TaskDefinition } from './task.ts';
import { within } from './within.ts';

export interface SchedulerOptions {
  readonly database: Database;
  readonly doorbell: Doorbell;
  /** Whose `ended` is told of tasks that the scheduler ends. */
  readonly definitions: readonly TaskDefinition[];
  /** Those of the features; the ones of the tasks themselves are there already. */
  readonly duties?: readonly Duty[];
  /** How long the others wait for a silent leader. Default 15. */
  readonly leaseSeconds?: number;
  /** Default 60. */
  readonly stuckSeconds?: number;
  /** Default 30. */
  readonly keepTasksDays?: number;
  /** Default 90. */
  readonly keepDeadTasksDays?: number;
  readonly backoff?: Backoff;
  /** For the log. */
  readonly onError?: (error: unknown, duty: string) => void;
}

export interface Scheduler {
  isLeader(): boolean;
  /** Ends what is under way and leaves the lead to another. */
  stop(): Promise<void>;
}

const tickMilliseconds = 1000;
// A duty can be cut off; the process must come to its end.
const stopSeconds = 10;

/** Any number may run: one of them leads, by a lease in the database, and does the duties. */
export function startScheduler(options: SchedulerOptions): Scheduler {
  const { database, leaseSeconds = 15, onError = () => {} } = options;
  const holder = `${hostname().slice(0, 40)}:${process.pid}:${randomUUID().slice(0, 8)}`;
  const duties = [...listOwnDuties(options), ...(options.duties ?? [])];
  const running = new Map<string, Promise<void>>();
  const startedAt = new Map<string, number>();
  const stopping = new AbortController();
  const alarm = createAlarm();
  let lead: AbortController | undefined;
  let trustEnds: NodeJS.Timeout | undefined;
  const ended = schedule();

  async function schedule(): Promise<void> {
    let renewAt = 0;
    while (!stopping.signal.aborted) {
      if (performance.now() >= renewAt) {
        renewAt = performance.now() + (leaseSeconds * 1000) / 3;
        await renewLead();
      }
      if (lead !== undefined && !lead.signal.aborted) for (const duty of duties) start(duty, lead.signal);
      await alarm.pause(tickMilliseconds);
    }
  }

  async function renewLead(): Promise<void> {
    const askedAt = performance.now();
    const term = await acquireLease(database, { name: leaderLease, holder, leaseSeconds }).catch((error: unknown) => {
      onError(error, leaderLease);
      return undefined;
    });
    // Counted from before the question: nobody else leads before this one has stopped.
    const trustMilliseconds = askedAt + leaseSeconds * 1000 - performance.now();
    if (term === undefined || trustMilliseconds <= 0) return;
    clearTimeout(trustEnds);
    if (lead === undefined || lead.signal.aborted) lead = new AbortController();
    trustEnds = setTimeout(stepDown, trustMilliseconds);
  }

  function stepDown(): void {
    lead?.abort();
    lead = undefined;
  }

  function start(duty: Duty, signal: AbortSignal): void {
    if (running.has(duty.name)) return;
    const now = performance.now();
    // Half a tick of tolerance: else a duty of every second would be skipped by a hair every second time.
    const sinceStart = now - (startedAt.get(duty.name) ?? -Infinity) + tickMilliseconds / 2;
    if (sinceStart < Math.min(duty.everySeconds, 30) * 1000) return;
    startedAt.set(duty.name, now);
    const work = perform(duty, signal).finally(() => running.delete(duty.name));
    running.set(duty.name, work);
  }

  async function perform(duty: Duty, signal: AbortSignal): Promise<void> {
    try {
      await performDuty(database, duty, signal);
    } catch (error) {
      onError(error, duty.name);
    }
  }

  return {
    isLeader: () => lead !== undefined,
    async stop() {
      stopping.abort();
      alarm.ring();
      await ended;
      clearTimeout(trustEnds);
      const wasLeader = lead !== undefined;
      stepDown();
      await within(stopSeconds, Promise.all(running.values()));
      if (wasLeader) await releaseLease(database, { name: leaderLease, holder }).catch((error: unknown) => onError(error, leaderLease));
    },
  };
}

function listOwnDuties(options: SchedulerOptions): Duty[] {
  const { database, doorbell, definitions, stuckSeconds = 60, backoff = defaultBackoff } = options;
  const kept = { afterDays: options.keepTasksDays ?? 30, deadAfterDays: options.keepDeadTasksDays ?? 90 };
  return [
    { name: 'ring-due-tasks', everySeconds: 1, run: async () => void (await republishTasks({ database, doorbell, stuckSeconds })) },
    { name: 'reap-tasks', everySeconds: 5, run: async () => void (await reapTasks({ database, definitions, backoff })) },
    { name: 'forget-tasks', everySeconds: 86_400, run: async (signal) => void (await forgetTasks(database, kept, signal)) },
  ];
}
