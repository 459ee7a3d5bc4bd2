import { writeFileSync } from 'node:fs';
import { getPriority, platform } from 'node:os';

/**
 * Gives a process that leads a session of its own the niceness of this process, also against other sessions: Linux shares processors between
 * sessions first and looks at the niceness of processes only within them, unless it is told that of the session (sched(7), autogroups).
 */
export function keepPriority(pid: number): void {
  const priority = getPriority();
  if (priority === 0 || platform() !== 'linux') return;
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(priority));
  } catch {
    // A kernel without autogroups, a process that has ended, or too many changes at a time: it runs as any other.
  }
}
