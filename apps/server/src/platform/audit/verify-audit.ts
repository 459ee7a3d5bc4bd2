import { sql } from 'kysely';
import type { Database, Tx } from '../database/index.ts';
import { chainStart, type HashedEntry, hashEntry } from './audit-hash.ts';

/** An end of a chain, written down outside of the database: whoever rewrites the whole chain cannot rewrite that. */
export interface AuditAnchor {
  readonly seq: number;
  readonly hash: string;
}

export interface AuditVerdict {
  /** How many entries hold, from the first on. */
  readonly entries: number;
  /** The first thing that does not. */
  readonly fault: { readonly seq: number; readonly reason: string } | undefined;
  /** To be kept outside as the next anchor. */
  readonly head: AuditAnchor;
}

interface StoredEntry extends HashedEntry {
  readonly previousHash: string;
  readonly hash: string;
}

const pageSize = 2000;

/** Recomputes a tenant's chain from its start. Finds entries that were edited, removed, inserted, or put in another order, also at the end. */
export async function verifyAudit(database: Pick<Database, 'asTenant'>, tenantId: string, anchor?: AuditAnchor): Promise<AuditVerdict> {
  // The head comes first: entries that are appended meanwhile do not matter.
  const head = await database.asTenant(tenantId, (tx) => loadHead(tx, tenantId));
  let last: AuditAnchor = { seq: 0, hash: chainStart };
  const broken = (seq: number, reason: string): AuditVerdict => ({ entries: last.seq, fault: { seq, reason }, head: last });
  while (last.seq < head.seq) {
    const page = await database.asTenant(tenantId, (tx) => listEntries(tx, tenantId, last.seq, head.seq));
    if (page.length === 0) return broken(last.seq + 1, `is missing: the chain goes on to ${head.seq}`);
    for (const entry of page) {
      if (entry.seq !== last.seq + 1) return broken(last.seq + 1, 'is missing');
      if (entry.previousHash !== last.hash) return broken(entry.seq, 'does not follow the entry before');
      if (hashEntry(last.hash, entry) !== entry.hash) return broken(entry.seq, 'was changed');
      last = { seq: entry.seq, hash: entry.hash };
      if (anchor?.seq === last.seq && anchor.hash !== last.hash) return broken(last.seq, 'is not what the anchor says');
    }
  }
  if (last.hash !== head.hash) return broken(head.seq, 'is not where the chain ended');
  if (anchor && anchor.seq > head.seq) return broken(head.seq + 1, `is missing: the anchor says there were ${anchor.seq}`);
  const stray = await database.asTenant(tenantId, (tx) => findStray(tx, tenantId));
  if (stray !== undefined) return broken(stray, 'stands behind the end of the chain');
  return { entries: last.seq, fault: undefined, head: last };
}

async function loadHead(tx: Tx, tenantId: string): Promise<AuditAnchor> {
  return (
    (await tx.selectFrom('audit_heads').select(['seq', 'hash']).where('tenant_id', '=', tenantId).executeTakeFirst()) ?? {
      seq: 0,
      hash: chainStart,
    }
  );
}

function listEntries(tx: Tx, tenantId: string, afterSeq: number, toSeq: number): Promise<StoredEntry[]> {
  return tx
    .selectFrom('audit_logs')
    .select([
      'tenant_id as tenantId',
      'seq',
      'id',
      'created_at as createdAt',
      'user_id as userId',
      'action',
      'job_id as jobId',
      sql<string>`details::text`.as('details'),
      'ip',
      'request_id as requestId',
      'prev_hash as previousHash',
      'hash',
    ])
    .where('tenant_id', '=', tenantId)
    .where('seq', '>', afterSeq)
    .where('seq', '<=', toSeq)
    .orderBy('seq')
    .limit(pageSize)
    .execute();
}

/** An entry beyond the head; head and entries are read in one statement, since appends go on. */
async function findStray(tx: Tx, tenantId: string): Promise<number | undefined> {
  const head = tx.selectFrom('audit_heads').select('seq').where('tenant_id', '=', tenantId);
  const row = await tx
    .selectFrom('audit_logs')
    .select('seq')
    .where('tenant_id', '=', tenantId)
    .where('seq', '>', sql<number>`coalesce(${head}, 0)`)
    .orderBy('seq')
    .executeTakeFirst();
  return row?.seq;
}
