import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface Measurement {
  readonly wallSeconds: number;
  /** User and system time of the command and all of its children. */
  readonly cpuSeconds: number;
  /** Highest sum of resident sizes over the command and its children, MiB; what they share counts for each. Sampled, the command's own exact. */
  readonly peakResidentMiB: number;
  /** Highest sum of private memory over the command and its children, MiB; sampled. */
  readonly peakPrivateMiB: number;
  /** Until the first byte on either output. */
  readonly firstOutputMilliseconds: number | undefined;
  readonly exitCode: number;
}

const sampleMilliseconds = 40;
/** Adding up private memory holds up a process that is asking for more: not each time. */
const samplesPerSum = 6;

/**
 * Runs a command to its end, output thrown away. Linux: memory is read from /proc, which takes up to a tenth of a short command's time; without it memory is 0.
 */
export async function measureCommand(
  program: string,
  args: readonly string[],
  cwd = '/',
  { withMemory = true }: { readonly withMemory?: boolean } = {},
): Promise<Measurement> {
  const before = childCpuSeconds();
  const start = performance.now();
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let firstOutputMilliseconds: number | undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream.once('data', () => (firstOutputMilliseconds ??= performance.now() - start));
    stream.resume();
  }
  let peakResidentMiB = 0;
  let peakPrivateMiB = 0;
  let samples = 0;
  const sampler = setInterval(() => {
    if (!withMemory) return;
    const resident = listTree(child.pid!).reduce((sum, pid) => sum + readMiB(`/proc/${pid}/status`, 'VmRSS'), 0);
    peakResidentMiB = Math.max(peakResidentMiB, resident, readMiB(`/proc/${child.pid}/status`, 'VmHWM'));
    if (samples++ % samplesPerSum !== 0) return;
    peakPrivateMiB = Math.max(
      peakPrivateMiB,
      listTree(child.pid!).reduce(
        (sum, pid) => sum + readMiB(`/proc/${pid}/smaps_rollup`, 'Private_Clean') + readMiB(`/proc/${pid}/smaps_rollup`, 'Private_Dirty'),
        0,
      ),
    );
  }, sampleMilliseconds);
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? -1));
  });
  const wallSeconds = (performance.now() - start) / 1000;
  clearInterval(sampler);
  return { wallSeconds, cpuSeconds: childCpuSeconds() - before, peakResidentMiB, peakPrivateMiB, firstOutputMilliseconds, exitCode };
}

/** The time of waited-for children: fields 16 and 17 of /proc/self/stat (proc(5)), in ticks of 10 ms. */
function childCpuSeconds(): number {
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

/** A process and all that come from it. */
export function listTree(root: number): number[] {
  const pids = [root];
  for (let i = 0; i < pids.length; i++) {
    try {
      for (const thread of readdirSync(`/proc/${pids[i]}/task`)) {
        const children = readFileSync(`/proc/${pids[i]}/task/${thread}/children`, 'latin1').trim();
        if (children !== '') pids.push(...children.split(' ').map(Number));
      }
    } catch {
      // It has ended in between.
    }
  }
  return pids;
}

function readMiB(file: string, field: string): number {
  try {
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(file, 'latin1'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
