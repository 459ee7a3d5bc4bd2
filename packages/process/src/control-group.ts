import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

/**
 * A control group that counts the processes and threads in it. What is more than it may hold cannot be started: the kernel refuses it, so that a
 * program which starts copies of itself without end is no danger to the others of the machine.
 */
export interface ControlGroup {
  /** Whoever writes the id of a process there has it in the group, with all that it starts from then on. */
  readonly entry: string;
  /** As an engine for containers takes it, to make groups of its own in it. */
  readonly path: string;
  /** Whether something was refused. */
  isExceeded(): boolean;
  /** From now on nothing in it can start anything: it can be ended one by one. */
  close(): void;
  /** False while something is in it; then a later `openControlGroup` removes it, when it is empty and the program that made it has ended. */
  remove(): boolean;
}

const root = '/sys/fs/cgroup';
const firstVersion = join(root, 'pids');
const prefix = 'deployguard-';
let made = 0;

/**
 * Undefined where this process may not make one: it takes the rights of root, or of the group above, and the controller `pids`.
 *
 * https://docs.kernel.org/admin-guide/cgroup-v2.html#pid, https://docs.kernel.org/admin-guide/cgroup-v1/pids.html
 */
export function openControlGroup(maxProcesses: number): ControlGroup | undefined {
  const parent = findParent();
  if (parent === undefined) return undefined;
  removeLeft(parent);
  const directory = join(parent, `${prefix}${identify(process.pid)}-${++made}`);
  try {
    mkdirSync(directory);
    setMost(directory, maxProcesses);
  } catch {
    remove(directory);
    return undefined;
  }
  let wasExceeded = false;
  const isExceeded = (): boolean => {
    // What a closed one refuses says nothing about the limit.
    wasExceeded ||= /^max [1-9]/m.test(read(join(directory, 'pids.events'))) && read(join(directory, 'pids.max')).trim() !== '0';
    return wasExceeded;
  };
  return {
    entry: join(directory, 'cgroup.procs'),
    path: pathOf(directory),
    isExceeded,
    close() {
      isExceeded();
      close(directory);
    },
    remove: () => remove(directory),
  };
}

/** A process that some program started, in a control group of it: nothing in that can start anything from now on, and it can be ended one by one. */
export function closeControlGroupOf(pid: number): void {
  const where = findGroup(pid);
  if (where !== undefined && basename(where).startsWith(prefix)) close(where);
}

function findGroup(pid: number | 'self'): string | undefined {
  const memberships = read(`/proc/${pid}/cgroup`);
  const first = /^\d+:(?:[^:]*,)?pids(?:,[^:]*)?:(.*)$/m.exec(memberships)?.[1];
  if (first !== undefined) return join(firstVersion, first);
  const second = /^0::(.*)$/m.exec(memberships)?.[1];
  return second === undefined ? undefined : join(root, second);
}

/** Where a group can be made: in the own one in the first version; beside it in the second, where a group that others are in holds no processes. */
function findParent(): string | undefined {
  const own = findGroup('self');
  if (own === undefined || own.startsWith(firstVersion)) return own;
  const parent = dirname(own);
  return read(join(parent, 'cgroup.subtree_control')).split(/\s/).includes('pids') ? parent : undefined;
}

/** Groups of programs whose starter is gone, and which have ended since. */
function removeLeft(parent: string): void {
  let names: string[];
  try {
    names = readdirSync(parent).filter((name) => name.startsWith(prefix));
  } catch {
    return;
  }
  for (const name of names) {
    const [pid = '', startTicks] = name.slice(prefix.length).split('-');
    if (identify(Number(pid)) !== `${pid}-${startTicks}`) remove(join(parent, name));
  }
}

/** A process, not to be taken for a later one with the same id: when it started is the 22nd field of `stat` in proc(5). */
function identify(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return stat === '' ? undefined : `${pid}-${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
}

function close(directory: string): void {
  try {
    setMost(directory, 0);
  } catch {
    // It is gone, and what was in it as well.
  }
}

function setMost(directory: string, processes: number): void {
  writeFileSync(join(directory, 'pids.max'), String(processes));
}

function remove(directory: string): boolean {
  // In the first version an engine makes those that it makes for every controller, with those above.
  const places = directory.startsWith(firstVersion) ? readdirSync(root).map((name) => join(root, name, pathOf(directory))) : [directory];
  for (const place of places.filter((each) => existsSync(each))) {
    try {
      for (const inner of readdirSync(place, { withFileTypes: true })) if (inner.isDirectory()) rmdirSync(join(place, inner.name));
      rmdirSync(place);
    } catch {
      // Something is in it, or it has just gone.
    }
  }
  return !places.some((place) => existsSync(place));
}

/** From the top of the controller's tree on. */
function pathOf(directory: string): string {
  return `/${relative(directory.startsWith(firstVersion) ? firstVersion : root, directory)}`;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
