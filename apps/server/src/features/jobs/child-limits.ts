import { availableParallelism } from 'node:os';
import { findProgram } from '@deployguard/process';
import type { ProcessLimits } from '@deployguard/process';
import type { Config } from '../../platform/config/index.ts';

/** What the runtime reserves for each of its threads, and hardly uses: the kernel counts it all the same. */
const reservedThreadBytes = 600_000_000;

/**
 * What the kernel keeps the processes of a task to, whatever a repository makes them do; git, which they start, as well. None where the
 * system has no `prlimit`, such as macOS: there the limits on time and on what is received must do.
 */
export function buildChildLimits({ worker }: Pick<Config, 'worker'>): ProcessLimits {
  if (findProgram('prlimit', '/usr/local/bin:/usr/bin:/bin') === undefined) return {};
  return {
    dataBytes: worker.maxMemoryBytes + (availableParallelism() + 4) * reservedThreadBytes,
    fileSizeBytes: worker.maxFileBytes,
    cpuSeconds: worker.maxCpuSeconds ?? worker.hardLimitSeconds * availableParallelism(),
    processes: worker.maxProcesses,
    // The memory of a scan is full of secrets.
    coreBytes: 0,
  };
}
