import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServicePart } from '../../src/index.ts';
import { startPart } from '../start-part.ts';
import type { StartedPart } from '../start-part.ts';
import type { Random } from './random.ts';

export interface FleetMember {
  readonly part: ServicePart;
  /** How wrong its clock is. */
  readonly skewSeconds?: number;
}

/** Processes of a service; whichever ends is started again, as a supervisor would. */
export interface Fleet {
  /** Where the API can be asked now. */
  urls(): string[];
  /** SIGKILL to one of those that run. Tells which; undefined when none runs. */
  killOne(random: Random): ServicePart | undefined;
  /** Stops one for longer than its leases last and lets it go on. */
  freezeWorker(random: Random, seconds: number): Promise<void>;
  /** SIGTERM to all, and no further start. Tells those that did not end in order. */
  stop(): Promise<string[]>;
  /** What any of them complained about. */
  readonly complaints: readonly string[];
}

interface Slot extends FleetMember {
  running: StartedPart | undefined;
}

const restartMilliseconds = 200;
const drainSeconds = 25;
const keptComplaints = 2000;

export function startFleet(members: readonly FleetMember[], environment: Readonly<Record<string, string>>): Fleet {
  const slots: Slot[] = members.map((member) => ({ ...member, running: undefined }));
  const complaints: string[] = [];
  const ending = new AbortController();
  const ended = slots.map(keepRunning);

  async function keepRunning(slot: Slot): Promise<void> {
    while (!ending.signal.aborted) {
      try {
        const started = await startPart(slot.part, { ...environment, ...skewOf(slot) });
        slot.running = started;
        if (ending.signal.aborted) await started.stop();
        await started.exited;
        complaints.push(...listComplaints(started));
        complaints.splice(0, complaints.length - keptComplaints);
      } catch (error) {
        // It can fail to start while the database is away.
        complaints.push(String(error));
      }
      slot.running = undefined;
      await delay(restartMilliseconds);
    }
  }

  function chooseRunning(random: Random, isWanted: (slot: Slot) => boolean): Slot | undefined {
    const running = slots.filter((slot) => slot.running !== undefined && isWanted(slot));
    return running.length === 0 ? undefined : random.choose(running);
  }

  return {
    get complaints() {
      return [...complaints, ...slots.flatMap(({ running }) => listComplaints(running))];
    },
    urls: () => slots.flatMap(({ running }) => running?.url ?? []),
    killOne(random) {
      const slot = chooseRunning(random, () => true);
      if (slot === undefined) return undefined;
      process.kill(slot.running!.pid, 'SIGKILL');
      // Not to be chosen again before it has been started again.
      slot.running = undefined;
      return slot.part;
    },
    async freezeWorker(random, seconds) {
      const slot = chooseRunning(random, ({ part }) => part === 'worker');
      if (slot === undefined) return;
      const { pid } = slot.running!;
      process.kill(pid, 'SIGSTOP');
      await delay(seconds * 1000);
      // Meanwhile it may have been killed.
      if (slot.running?.pid === pid) process.kill(pid, 'SIGCONT');
    },
    async stop() {
      ending.abort();
      const faults = await Promise.all(slots.map(stopOne));
      await Promise.all(ended);
      return faults.flat();
    },
  };

  async function stopOne({ part, running }: Slot): Promise<string[]> {
    if (running === undefined) return [];
    const { exitCode, seconds } = await running.stop();
    if (exitCode === 0 && seconds < drainSeconds) return [];
    return [`${part} ended with exit code ${exitCode}, ${seconds.toFixed(1)} seconds after SIGTERM`];
  }
}

function listComplaints(started: StartedPart | undefined): string[] {
  return (started?.log ?? []).filter((line) => !line.includes('"msg":"ready"'));
}

function skewOf({ skewSeconds = 0 }: FleetMember): Record<string, string> {
  if (skewSeconds === 0) return {};
  return { NODE_OPTIONS: `--import=${join(import.meta.dirname, 'skew-clock.ts')}`, CLOCK_SKEW_SECONDS: String(skewSeconds) };
}
