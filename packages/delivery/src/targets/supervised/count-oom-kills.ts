import { readFileSync } from 'node:fs';

/** How many processes the kernel has killed for memory since the machine started (proc_vmstat(5)), also of limited groups; undefined before Linux 4.13. */
export function countOomKills(): number | undefined {
  const count = /^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'latin1'))?.[1];
  return count === undefined ? undefined : Number(count);
}
