import { setTimeout as delay } from 'node:timers/promises';
import { closeControlGroupOf } from '@deployguard/process';
import { listInstanceProcesses } from './process-table.ts';

const pollMs = 50;
const killPollMs = 20;

/** Asks all processes of an instance to end, and ends those that have not after the grace period. None is left when it resolves. */
export async function endProcesses(marker: string | undefined, session: number | undefined, graceMs: number): Promise<void> {
  // The marked ones outside of the session are looked for each time: a program that is told to end may start others.
  const alive = (): readonly number[] => listInstanceProcesses(marker, session).map(({ pid }) => pid);
  const isSupervisor = process.pid;
  const others = (): readonly number[] => alive().filter((pid) => pid !== isSupervisor);

  const deadline = performance.now() + graceMs;
  for (const pid of others()) signal(pid, 'SIGTERM');
  while (performance.now() < deadline && others().length > 0) await delay(pollMs);
  while (others().length > 0) {
    for (const pid of others()) {
      closeControlGroupOf(pid);
      signal(pid, 'SIGKILL');
    }
    await delay(killPollMs);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}
