import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { listTree } from './measure-command.ts';
import { median, printTable } from './print-table.ts';

const launcher = join(import.meta.dirname, '../apps/cli/bin/deployguard.mjs');
const idleSeconds = 20;

/**
 * The embedded service on data that is there: from the start of the command until it is ready, memory when nothing has happened for a while (what
 * all its processes have, PostgreSQL included, shared pages counted once), and until it has ended. The floor starts Node and does nothing.
 */
export async function benchService(rounds: number): Promise<void> {
  using directory = createTemporaryDirectory();
  chmodSync(directory.path, 0o755);
  const data = join(directory.path, 'data');
  await measureRun(data, 0);

  const [starts, ends, floors]: [number[], number[], number[]] = [[], [], []];
  let memory: readonly MemoryRow[] = [];
  for (let round = 0; round < rounds; round++) {
    floors.push(await measureNode());
    const run = await measureRun(data, round === 0 ? idleSeconds : 0);
    starts.push(run.startSeconds);
    ends.push(run.endSeconds);
    if (round === 0) memory = run.memory;
  }

  const floor = median(floors);
  printTable(
    `The embedded service, median of ${rounds}`,
    ['', 'seconds', '× floor'],
    [
      ['Node starts and ends (floor)', floor.toFixed(2), '1.0'],
      ['started, warm, until ready (at most 3 s)', median(starts).toFixed(2), (median(starts) / floor).toFixed(1)],
      ['told to end, until ended', median(ends).toFixed(2), (median(ends) / floor).toFixed(1)],
    ],
  );
  const total = memory.reduce((sum, { megabytes }) => sum + megabytes, 0);
  printTable(
    `Its memory after ${idleSeconds} s without work (proportional set size)`,
    ['', 'MB'],
    [...memory.map(({ name, megabytes }) => [name, megabytes.toFixed(0)]), ['all (at most 250)', total.toFixed(0)]],
  );
}

interface MemoryRow {
  readonly name: string;
  readonly megabytes: number;
}

async function measureRun(
  dataDirectory: string,
  idleFor: number,
): Promise<{ startSeconds: number; endSeconds: number; memory: readonly MemoryRow[] }> {
  const startedAt = performance.now();
  const service = spawn(process.execPath, [launcher, 'serve'], {
    cwd: '/',
    env: { ...process.env, DEPLOYGUARD_DATA_DIRECTORY: dataDirectory, PORT: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const url = await readUrl(service);
  while (!(await fetch(`${url}/api/v2/health/ready`)).ok) await delay(10);
  const startSeconds = (performance.now() - startedAt) / 1000;
  await delay(idleFor * 1000);
  const memory = measureMemory(service.pid!, dataDirectory);
  const askedAt = performance.now();
  service.kill('SIGTERM');
  await once(service, 'exit');
  return { startSeconds, endSeconds: (performance.now() - askedAt) / 1000, memory };
}

/** Where a service that was just started is reached, once it is. */
export async function readUrl(service: ChildProcess): Promise<string> {
  let text = '';
  for await (const piece of service.stderr!.setEncoding('utf8') as AsyncIterable<string>) {
    text += piece;
    const url = /is ready: (\S+)/.exec(text)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error(`The service did not start:\n${text}`);
}

async function measureNode(): Promise<number> {
  const startedAt = performance.now();
  await once(spawn(process.execPath, ['-e', '']), 'exit');
  return (performance.now() - startedAt) / 1000;
}

/** Of the service itself, and of PostgreSQL with its processes, which survives it. */
function measureMemory(servicePid: number, dataDirectory: string): MemoryRow[] {
  const [databasePid] = readFileSync(join(dataDirectory, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n');
  const database = listTree(Number(databasePid));
  const service = listTree(servicePid).filter((pid) => !database.includes(pid));
  return [
    { name: 'API, worker and scheduler', megabytes: sumMegabytes(service) },
    { name: 'PostgreSQL', megabytes: sumMegabytes(database) },
  ];
}

function sumMegabytes(pids: readonly number[]): number {
  const kilobytes = pids.map((pid) => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))![1]));
  return kilobytes.reduce((sum, each) => sum + each, 0) / 1000;
}
