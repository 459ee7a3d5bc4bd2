import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Tx } from '../database/index.ts';
import { chainStart, hashEntry } from './audit-hash.ts';

/** Something that somebody did. */
export interface AuditEvent {
  readonly userId: string;
  /** In the past tense, such as `scan_started`. */
  readonly action: string;
  readonly jobId?: string;
  /** No secrets: the log is kept for ever. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly ip?: string;
  readonly requestId?: string;
}

/** Whose acts are the service's own: what expired, what is cleaned up. No user can have this id. */
export const systemActor = { userId: 'system' } as const;

/**
 * Adds an entry to the chain of the transaction's tenant; it stands if, and only if, the transaction does. From here to its end, other
 * appends of the same tenant wait, so this comes last.
 */
export async function appendAudit(tx: Tx, event: AuditEvent): Promise<{ id: string; seq: number }> {
  const head = await lockHead(tx);
  const entry = {
    tenantId: head.tenantId,
    seq: head.seq + 1,
    id: randomUUIDv7(),
    createdAt: head.now,
    userId: event.userId,
    action: event.action,
    jobId: event.jobId ?? null,
    details: JSON.stringify(event.details ?? {}),
    ip: event.ip ?? null,
    requestId: event.requestId ?? null,
  };
  const hash = hashEntry(head.hash, entry);
  await sql`
    with head as (update audit_heads set seq = ${entry.seq}, hash = ${hash} where tenant_id = ${entry.tenantId})
    insert into audit_logs (id, seq, job_id, user_id, action, details, ip, request_id, created_at, prev_hash, hash)
    values (${entry.id}, ${entry.seq}, ${entry.jobId}, ${entry.userId}, ${entry.action}, ${entry.details}, ${entry.ip}, ${entry.requestId},
      ${entry.createdAt}, ${head.hash}, ${hash})`.execute(tx);
  return { id: entry.id, seq: entry.seq };
}

interface ChainHead {
  readonly tenantId: string;
  readonly seq: number;
  readonly hash: string;
  /** The database's clock, to the millisecond: what a Date holds. */
  readonly now: Date;
}

/** The row lock puts concurrent appends in order. An update of nothing, because a plain select cannot lock what is not there yet. */
async function lockHead(tx: Tx): Promise<ChainHead> {
  const { rows } = await sql<ChainHead>`
    insert into audit_heads (seq, hash) values (0, ${chainStart})
    on conflict (tenant_id) do update set tenant_id = audit_heads.tenant_id
    returning tenant_id as "tenantId", seq, hash, date_trunc('milliseconds', clock_timestamp()) as now`.execute(tx);
  return rows[0]!;
}
