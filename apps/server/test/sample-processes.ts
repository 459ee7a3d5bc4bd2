import { readFileSync, readdirSync } from 'node:fs';

/** What anybody with an eye on this machine could have read of a process. */
export interface SampledProcess {
  readonly pid: number;
  readonly name: string;
  readonly commandLine: string;
  readonly environment: string;
  /** Most that it may leave of its memory when it crashes; `unlimited` or a number of bytes. */
  readonly coreLimit: string;
}

/** Looks again and again at the processes and all that they start (proc(5)). */
export function sampleProcesses(roots: readonly number[]): { stop(): readonly SampledProcess[] } {
  const seen = new Map<string, SampledProcess>();
  const look = (): void => {
    for (const pid of roots.flatMap(listTree)) {
      const sample = readProcess(pid);
      if (sample !== undefined) seen.set(`${pid} ${sample.commandLine}`, sample);
    }
  };
  const timer = setInterval(look, 10);
  return {
    stop() {
      clearInterval(timer);
      look();
      return [...seen.values()];
    },
  };
}

function listTree(pid: number): number[] {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
    return [pid, ...children.flatMap(listTree)];
  } catch {
    return [];
  }
}

function readProcess(pid: number): SampledProcess | undefined {
  const read = (name: string): string => readFileSync(`/proc/${pid}/${name}`, 'latin1');
  try {
    const coreLimit = /^Max core file size +(\S+)/m.exec(read('limits'))?.[1] ?? '';
    const commandLine = read('cmdline');
    const environment = read('environ');
    // Who has just been forked is a copy of its parent, and becomes another program at any moment: the next look sees which.
    if (read('cmdline') !== commandLine) return undefined;
    return { pid, name: read('comm').trim(), commandLine, environment, coreLimit };
  } catch {
    // It ended a moment ago.
    return undefined;
  }
}
