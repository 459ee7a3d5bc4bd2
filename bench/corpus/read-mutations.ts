import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { printTable } from '../print-table.ts';
import type { MutationOrder, MutationResult } from './read-mutations-child.ts';

/** What one report may take; much more time than on a machine that is not busy. */
const longestSeconds = 300;
const mostMegabytes = 250;
const mostHeapMebibytes = 128;
const atOnce = 2;

/** Reads so many changed forms of each report; each report in a process of its own, which is ended when it hangs. */
export async function readMutations(
  root: string,
  files: readonly string[],
  { times, seed }: { times: number; seed: number },
): Promise<void> {
  const waiting = [...files.entries()];
  const complaints: string[][] = [];
  const totals: Record<string, number> = {};
  let [slowest, largest] = [0, 0];
  async function work(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, file] = next;
      const result = await readOne({ path: join(root, file), times, seed: seed * 1_000_003 + index * times });
      for (const [outcome, count] of Object.entries(result.outcomes)) totals[outcome] = (totals[outcome] ?? 0) + count;
      slowest = Math.max(slowest, result.slowestSeconds);
      largest = Math.max(largest, result.megabytes);
      for (const complaint of result.complaints) complaints.push([file, complaint]);
      if (result.megabytes > mostMegabytes) complaints.push([file, `${result.megabytes.toFixed(0)} MB`]);
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work));
  if (complaints.length > 0) printTable('Complaints', ['report', 'what'], complaints);
  const counts = Object.entries(totals).map(([outcome, count]) => `${count} ${outcome}`);
  console.log(
    `\n${files.length} reports, each changed ${times} times: ${counts.join(', ')}; slowest ${slowest.toFixed(1)} s, most memory ${largest.toFixed(0)} MB`,
  );
  console.log(`${complaints.length} complaints`);
  if (complaints.length > 0) process.exitCode = 1;
}

async function readOne(order: MutationOrder): Promise<MutationResult> {
  // Many are read by one process, which would let what the last ones left lie about.
  const execArgv = [`--max-old-space-size=${mostHeapMebibytes}`, '--max-semi-space-size=8'];
  const child = fork(join(import.meta.dirname, 'read-mutations-child.ts'), { execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  let last: MutationResult = { outcomes: {}, complaints: [], slowestSeconds: 0, megabytes: 0, seed: order.seed };
  let isHung = false;
  const timer = setTimeout(() => (isHung = child.kill('SIGKILL')), longestSeconds * 1000);
  child.on('message', (result: MutationResult) => {
    last = result;
    timer.refresh();
  });
  child.send(order);
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  clearTimeout(timer);
  if (code === 0) return last;
  const what = isHung ? `hangs after seed ${last.seed}` : `ends with ${code ?? signal} after seed ${last.seed}`;
  return { ...last, complaints: [...last.complaints, what] };
}
