import { readdirSync, readFileSync } from 'node:fs';

/** A process as the kernel shows it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly session: number;
  /** When it started, in ticks since the machine did: with the id, it names one process for as long as the machine runs. */
  readonly startTicks: number;
  readonly residentBytes: number;
}

/** Tells a process from an earlier one with the same id. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTicks: number;
  /** Which start of the machine the ticks are counted from. Missing in records of older versions. */
  readonly boot?: string;
}

const pageBytes = 4096;
const boot = readBoot();

/** Names this start of the machine (random(4)): one start is like another, and may give a process the id and the ticks that an earlier one gave. */
function readBoot(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return '';
  }
}

/** Undefined when there is no such process, or only what is left of one until its parent takes note. */
export function readProcess(pid: number): ProcessEntry | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name, in parentheses, may contain anything: fields are counted from behind it (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return { pid, session: Number(fields[3]), startTicks: Number(fields[19]), residentBytes: Number(fields[21]) * pageBytes };
  } catch {
    return undefined;
  }
}

/**
 * What a process holds for itself alone and its share of what it holds with others, as a kernel counts it for a limit: not the files that are
 * mapped, which go when there is need (`smaps_rollup` of proc(5)). Undefined where this process may not ask.
 */
export function readOwnBytes(pid: number): number | undefined {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
    const shares = [...rollup.matchAll(/^Pss_(?:Anon|Shmem):\s+(\d+) kB$/gm)];
    return shares.length === 0 ? undefined : shares.reduce((sum, [, kilobytes]) => sum + Number(kilobytes) * 1024, 0);
  } catch {
    return undefined;
  }
}

export function isAlive({ pid, startTicks, boot: itsBoot = boot }: ProcessIdentity): boolean {
  return itsBoot === boot && readProcess(pid)?.startTicks === startTicks;
}

/** Undefined when there is no such process. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const entry = readProcess(pid);
  return entry && { pid, startTicks: entry.startTicks, boot };
}

/** The variable by which everything that an instance started is recognised, wherever it went. */
export const markerName = 'DEPLOYGUARD_INSTANCE';

/** All processes of an instance: of its session, and those that left it but carry its mark, where it has one. */
export function listInstanceProcesses(marker: string | undefined, session?: number): readonly ProcessEntry[] {
  const needle = marker === undefined ? undefined : toNeedle(marker);
  return listProcesses().filter((entry) => entry.session === session || (needle !== undefined && carries(entry.pid, needle)));
}

/** How long processes that are new may be overlooked while few of them are made, by whomever on this machine. */
const overlookedMs = 1000;
const fewProcesses = 16;

/**
 * Looks at the processes of an instance, again and again: of its session, and those that left it but carry its mark, where it has one. Looking at all of a machine's takes a few milliseconds: that is only done where new ones
 * may be among them, by what the kernel says it made last and how many there are (`loadavg` of proc(5)).
 */
export function watchInstance(marker: string | undefined, session: number): () => readonly ProcessEntry[] {
  const needle = marker === undefined ? undefined : toNeedle(marker);
  let known: readonly ProcessEntry[] = [];
  /** Whose environment was looked at: what is started anew is another process, or carries the mark from the start. */
  let strangers = new Set<string>();
  const isOwn = (entry: ProcessEntry, seen: Set<string>): boolean => {
    if (entry.session === session) return true;
    const name = `${entry.pid} ${entry.startTicks}`;
    if (needle !== undefined && !strangers.has(name) && carries(entry.pid, needle)) return true;
    seen.add(name);
    return false;
  };
  let [lastMade, count, lookedAt] = ['', 0, -Infinity];
  return () => {
    const [made, total] = readCounts();
    const isDue = made !== lastMade && (performance.now() - lookedAt >= overlookedMs || total - count >= fewProcesses);
    if (isDue) {
      [lastMade, count, lookedAt] = [made, total, performance.now()];
      const seen = new Set<string>();
      known = listProcesses().filter((entry) => isOwn(entry, seen));
      strangers = seen;
    } else {
      known = known.flatMap(({ pid, startTicks }) => {
        const entry = readProcess(pid);
        return entry?.startTicks === startTicks ? entry : [];
      });
    }
    return known;
  };
}

/** The id that a process or thread got last, and how many of both there are. */
function readCounts(): [made: string, total: number] {
  const [, , , counts = '', made = ''] = readFileSync('/proc/loadavg', 'latin1').trim().split(' ');
  return [made, Number(counts.split('/')[1])];
}

function listProcesses(): readonly ProcessEntry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? []);
}

function toNeedle(marker: string): Buffer {
  return Buffer.from(`${markerName}=${marker}\0`);
}

function carries(pid: number, needle: Buffer): boolean {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`);
    const at = environment.indexOf(needle);
    return at === 0 || (at > 0 && environment[at - 1] === 0);
  } catch {
    return false;
  }
}
