import type { ProcessLimits } from './command.ts';

/** The arguments by which `prlimit` (util-linux) sets the limits before it becomes the program; empty when there are none. */
export function buildLimitArguments(limits: ProcessLimits): string[] {
  const flags = {
    '--fsize': limits.fileSizeBytes,
    '--as': limits.addressSpaceBytes,
    '--data': limits.dataBytes,
    '--cpu': limits.cpuSeconds,
    '--nofile': limits.openFiles,
  };
  return Object.entries(flags).flatMap(([flag, value]) => (value === undefined ? [] : [`${flag}=${wholeNumber(flag, value)}`]));
}

function wholeNumber(flag: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`A process limit (${flag}) must be a whole number, not ${value}.`);
  return value;
}
