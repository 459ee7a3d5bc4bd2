import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

interface Connections {
  readonly busy: number;
  readonly idle: number;
  readonly waiting: number;
  readonly max: number;
}

interface Backlog {
  readonly outboxCount: number;
  readonly outboxOldestSeconds: number;
  readonly leaders: number;
}

/** Which program this is: the value is always 1. */
export function measureBuild(registry: Registry, build: { readonly service: string; readonly version: string }): void {
  const info = new Gauge({
    name: 'deployguard_build_info',
    help: 'The part of the service and its version; always 1.',
    labelNames: ['service', 'version'],
    registers: [registry],
  });
  info.set({ ...build }, 1);
}

/** How much of its connections to the database the process uses, and who waits for one. */
export function measureConnections(registry: Registry, count: () => Connections): void {
  const connections: Gauge = new Gauge({
    name: 'deployguard_database_connections',
    help: 'Connections to the database, by state.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const { busy, idle, waiting, max } = count();
      connections.set({ state: 'busy' }, busy);
      connections.set({ state: 'idle' }, idle);
      waits.set(waiting);
      limit.set(max);
    },
  });
  const limit = new Gauge({
    name: 'deployguard_database_connections_max',
    help: 'Connections that the process may have at most.',
    registers: [registry],
  });
  const waits = new Gauge({
    name: 'deployguard_database_connection_waits',
    help: 'Pieces of work that wait for a connection now.',
    registers: [registry],
  });
}

/** What holds tasks up, over all tenants. While it cannot be told there is nothing of it among the metrics. */
export function measureAnnouncements(registry: Registry, measure: () => Promise<Backlog>): void {
  const registers = [registry];
  const oldest = new Gauge({ name: 'deployguard_outbox_oldest_seconds', help: 'Age of the oldest task that is not announced.', registers });
  const leaders = new Gauge({ name: 'deployguard_scheduler_leaders', help: 'Schedulers that lead: 1, or 0 when none does.', registers });
  const count: Gauge = new Gauge({
    name: 'deployguard_outbox_tasks',
    help: 'Tasks that the queue has not been told of.',
    registers,
    async collect() {
      for (const gauge of [count, oldest, leaders]) gauge.remove();
      const backlog = await measure().catch(() => undefined);
      if (backlog === undefined) return;
      count.set(backlog.outboxCount);
      oldest.set(backlog.outboxOldestSeconds);
      leaders.set(backlog.leaders);
    },
  });
}
