import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTemporaryDirectory, mutateReport } from '@deployguard/testkit';
import { printTable } from '../print-table.ts';
import type { MutationResult } from './read-mutations-child.ts';

/** What one report may take; much more time than on a machine that is not busy. */
const longestSeconds = 300;
const mostMegabytes = 250;
const mostHeapMebibytes = 128;
const atOnce = 2;

interface Totals {
  readonly outcomes: Record<string, number>;
  readonly complaints: string[][];
  slowestSeconds: number;
  mostMegabytes: number;
}

/**
 * Reads so many changed forms of each report; each report's in a process of its own, which is ended when it hangs. They are changed here, so that the memory of
 * that process is what reading takes.
 */
export async function readMutations(
  root: string,
  files: readonly string[],
  { times, seed }: { times: number; seed: number },
): Promise<void> {
  const waiting = [...files.entries()];
  const totals: Totals = { outcomes: {}, complaints: [], slowestSeconds: 0, mostMegabytes: 0 };
  async function work(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, file] = next;
      const firstSeed = seed * 1_000_003 + index * times;
      const megabytes = await readForms(readFileSync(join(root, file)), { firstSeed, times }, totals, file);
      totals.mostMegabytes = Math.max(totals.mostMegabytes, megabytes);
      if (megabytes > mostMegabytes) totals.complaints.push([file, `${megabytes.toFixed(0)} MB`]);
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work));
  const { outcomes, complaints } = totals;
  if (complaints.length > 0) printTable('Complaints', ['report', 'what'], complaints);
  const counts = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  console.log(
    `\n${files.length} reports, each changed ${times} times: ${counts.join(', ')}; slowest ${totals.slowestSeconds.toFixed(1)} s, most memory ${totals.mostMegabytes.toFixed(0)} MB`,
  );
  console.log(`${complaints.length} complaints`);
  if (complaints.length > 0) process.exitCode = 1;
}

/** Answers the most memory that reading them took, in megabytes. */
async function readForms(
  report: Buffer,
  { firstSeed, times }: { firstSeed: number; times: number },
  totals: Totals,
  file: string,
): Promise<number> {
  using work = createTemporaryDirectory();
  const path = join(work.path, 'report');
  let child = await startReader();
  let most = 0;
  for (let seed = firstSeed; seed < firstSeed + times; seed++) {
    writeFileSync(path, mutateReport(report, seed));
    const result = await readForm(child, path);
    if (typeof result === 'string') {
      totals.complaints.push([file, `seed ${seed}: ${result}`]);
      child = await startReader();
      continue;
    }
    const { outcome, complaint, seconds, megabytes } = result;
    if (outcome !== undefined) totals.outcomes[outcome] = (totals.outcomes[outcome] ?? 0) + 1;
    if (complaint !== undefined) totals.complaints.push([file, `seed ${seed}: ${complaint}`]);
    totals.slowestSeconds = Math.max(totals.slowestSeconds, seconds);
    most = Math.max(most, megabytes);
  }
  child.disconnect();
  return most;
}

/** How the process ended, where it did. */
async function readForm(child: ChildProcess, path: string): Promise<MutationResult | string> {
  const ended = new AbortController();
  const { signal } = ended;
  const timer = setTimeout(() => child.kill('SIGKILL'), longestSeconds * 1000);
  const answer = once(child, 'message', { signal }).then(([result]) => result as MutationResult);
  const exit = once(child, 'exit', { signal }).then(([code, killedBy]) =>
    killedBy === 'SIGKILL' ? 'hangs' : `ends with ${(code ?? killedBy) as string}`,
  );
  child.send(path);
  try {
    return await Promise.race([answer, exit]);
  } finally {
    clearTimeout(timer);
    ended.abort();
    await Promise.allSettled([answer, exit]);
  }
}

async function startReader(): Promise<ChildProcess> {
  // Many are read by one process, which would let what the last ones left lie about.
  const execArgv = [`--max-old-space-size=${mostHeapMebibytes}`, '--max-semi-space-size=8'];
  const child = fork(join(import.meta.dirname, 'read-mutations-child.ts'), { execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  await once(child, 'message');
  return child;
}
