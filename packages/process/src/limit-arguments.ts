import { readFileSync } from 'node:fs';
import type { ProcessLimits } from './command.ts';

/** Between the signal that names the processor time as the reason, and the one that names none. */
const cpuGraceSeconds = 5;

/** The arguments by which `prlimit` (util-linux) sets the limits before it becomes the program; empty when there are none. */
export function buildLimitArguments(limits: ProcessLimits): string[] {
  const wanted = [
    ['--fsize', limits.fileSizeBytes, 'file size'],
    ['--as', limits.addressSpaceBytes, 'address space'],
    ['--data', limits.dataBytes, 'data size'],
    ['--cpu', limits.cpuSeconds, 'cpu time'],
    ['--nofile', limits.openFiles, 'open files'],
    ['--nproc', limits.processes, 'processes'],
    ['--core', limits.coreBytes, 'core file size'],
  ] as const;
  const given = wanted.filter(([, value]) => value !== undefined);
  if (given.length === 0) return [];

  const ceilings = readCeilings();
  return given.map(([flag, value, name]) => {
    const ceiling = ceilings.get(name) ?? Number.POSITIVE_INFINITY;
    const soft = Math.min(wholeNumber(flag, value!), ceiling);
    return flag === '--cpu' ? `${flag}=${soft}:${Math.min(soft + cpuGraceSeconds, ceiling)}` : `${flag}=${soft}`;
  });
}

/** The limits that this process has itself, by their names in proc(5). Nobody but root can raise them: a wish for more would fail. */
function readCeilings(): ReadonlyMap<string, number> {
  let table: string;
  try {
    table = readFileSync('/proc/self/limits', 'latin1');
  } catch {
    return new Map();
  }
  return new Map(
    [...table.matchAll(/^Max (\S+(?: \S+)*) {2,}(?:\d+|unlimited) +(\d+) /gm)].map(([, name, hard]) => [name!, Number(hard)] as const),
  );
}

function wholeNumber(flag: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`A process limit (${flag}) must be a whole number, not ${value}.`);
  return value;
}
