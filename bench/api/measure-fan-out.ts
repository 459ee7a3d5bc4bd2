import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../../apps/server/src/platform/database/index.ts';
import { appendEvents } from '../../apps/server/src/platform/events/index.ts';
import type { Client } from './create-clients.ts';
import { listenToEvents } from './listen-events.ts';
import type { Listener } from './listen-events.ts';
import { percentile } from './send-load.ts';
import type { StartedServer } from './start-servers.ts';

export interface FanOut {
  readonly listeners: number;
  readonly lines: number;
  /** How many of the listeners have every line, in order. */
  readonly complete: number;
  /** From the commit of a line until a listener has it, milliseconds. */
  readonly delayMedian: number;
  readonly delayP99: number;
  /** Lines brought to listeners, each counted for each. */
  readonly deliveredPerSecond: number;
  /** How much the server's memory grew while some listeners did not read, MiB. */
  readonly grownMiB: number;
}

const webSockets = 500;
const serverSentEvents = 50;
const idleReaders = 10;
const batches = 100;
const linesPerBatch = 20;

/** Lines of one job to many listeners at once, some of which do not read at all: what waits for them is bounded. */
export async function measureFanOut(
  api: StartedServer,
  database: Pick<Database, 'asTenant'>,
  { tenantId, key, jobId }: Client,
): Promise<FanOut> {
  const path = `/api/v2/jobs/${jobId}/events`;
  const committedAt = new Map<number, number>();
  const delays: number[] = [];
  const onEvent = (sequence: number): void => {
    const at = committedAt.get(sequence);
    if (at !== undefined) delays.push(performance.now() - at);
  };
  const open = (transport: Listener['transport'], count: number, told = onEvent): Promise<Listener[]> =>
    Promise.all(Array.from({ length: count }, () => listenToEvents({ target: api.target, path, key, transport, onEvent: told })));
  const listeners = [...(await open('websocket', webSockets)), ...(await open('sse', serverSentEvents))];
  const idle = await open('websocket', idleReaders, () => {});
  for (const listener of idle) listener.pause();

  const before = readResidentMiB(api.pid);
  const startedAt = performance.now();
  let last = 0;
  for (let batch = 0; batch < batches; batch++) {
    const events = Array.from({ length: linesPerBatch }, (_, line) => ({
      kind: 'log',
      data: { line: `line ${batch * linesPerBatch + line} of a job that says a lot ${'.'.repeat(60)}` },
    }));
    last = await database.asTenant(tenantId, (tx) => appendEvents(tx, jobId, events));
    const now = performance.now();
    for (let sequence = last - linesPerBatch + 1; sequence <= last; sequence++) committedAt.set(sequence, now);
    await delay(20);
  }
  const giveUpAt = performance.now() + 60_000;
  while (listeners.some((listener) => listener.last < last) && performance.now() < giveUpAt) await delay(5);
  const seconds = (performance.now() - startedAt) / 1000;
  const grownMiB = readResidentMiB(api.pid) - before;
  for (const listener of [...listeners, ...idle]) listener.close();
  delays.sort((a, b) => a - b);
  return {
    listeners: listeners.length,
    lines: last,
    complete: listeners.filter((listener) => listener.last === last && !listener.isBroken).length,
    delayMedian: percentile(delays, 0.5),
    delayP99: percentile(delays, 0.99),
    deliveredPerSecond: delays.length / seconds,
    grownMiB,
  };
}

function readResidentMiB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))![1]) / 1024;
}
