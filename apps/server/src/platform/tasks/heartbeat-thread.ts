// Renews leases from a thread of its own: whatever blocks the main thread does not cost its tasks, and nothing is parsed here.
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { sql } from 'kysely';
import { openDatabase } from '../database/index.ts';
import type { HeartbeatNews, HeartbeatOrder, HeartbeatSettings, HeldLease } from './heartbeat.ts';

const { databaseUrl, everyMilliseconds, leaseMilliseconds } = workerData as HeartbeatSettings;
const port = parentPort!;
const database = openDatabase({
  url: databaseUrl,
  maxConnections: 1,
  statementTimeoutSeconds: 10,
  applicationName: 'deployguard-heartbeat',
});
const leases = new Map<string, HeldLease & { renewedAt: number }>();
const stopping = new AbortController();

port.on('message', (order: HeartbeatOrder) => {
  if (order.do === 'hold') leases.set(order.taskId, { ...order, renewedAt: performance.now() });
  else if (order.do === 'release') leases.delete(order.taskId);
  else stopping.abort();
});

while (!stopping.signal.aborted) {
  await delay(everyMilliseconds, undefined, { signal: stopping.signal }).catch(() => {});
  if (leases.size > 0 && !stopping.signal.aborted) await beat();
}
await database.close();
port.close();

async function beat(): Promise<void> {
  const now = performance.now();
  // Beyond its hard limit a task is nobody's to keep: the main thread did not get to giving it up.
  const beating = [...leases.values()].filter((lease) => lease.holdUntil > Date.now());
  try {
    const held = await renew(beating);
    for (const lease of beating) {
      const found = held.get(lease.taskId);
      if (found === undefined) report(lease, 'lost');
      else lease.renewedAt = now;
      if (found === 'cancelled') report(lease, 'cancelled');
    }
  } catch {
    // The database is away. Until it is back the leases may end, so the work must.
  }
  for (const lease of leases.values()) if (performance.now() - lease.renewedAt > leaseMilliseconds) report(lease, 'lost');
}

/** The tasks that are still held. Rows that a `fenced` has locked are not waited for: the lock keeps others away, and `keepHeld` renews the lease. */
function renew(held: readonly HeldLease[]): Promise<Map<string, 'held' | 'cancelled'>> {
  return database.asSystem(async (tx) => {
    const { rows } = await sql<{ id: string; is_cancelled: boolean }>`
      with held as (
        select tasks.tenant_id, tasks.id, tasks.cancel_requested_at from tasks
        join unnest(${held.map(({ taskId }) => taskId)}::uuid[], ${held.map(({ attempt }) => attempt)}::integer[]) as wanted (id, attempt)
          on tasks.id = wanted.id and tasks.attempt = wanted.attempt
        where state = 'running'
      ), free as (
        select tasks.tenant_id, tasks.id from tasks join held using (tenant_id, id) where state = 'running' for no key update of tasks skip locked
      ), renewed as (
        update tasks set lease_until = now() + make_interval(secs => ${leaseMilliseconds / 1000})
        from free where tasks.tenant_id = free.tenant_id and tasks.id = free.id
      )
      select id, cancel_requested_at is not null as is_cancelled from held`.execute(tx);
    return new Map(rows.map((row) => [row.id, row.is_cancelled ? 'cancelled' : 'held'] as const));
  });
}

function report(lease: HeldLease, news: HeartbeatNews['news']): void {
  if (news === 'lost') leases.delete(lease.taskId);
  port.postMessage({ taskId: lease.taskId, attempt: lease.attempt, news } satisfies HeartbeatNews);
}
