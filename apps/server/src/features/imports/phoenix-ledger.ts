import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { ImportLedger } from '@deployguard/reports';
import type { TaskContext } from '../../platform/tasks/index.ts';

/** What an import has sent, in the database: a worker that lost the import to another writes nothing any more, and so sends nothing. */
export function createPhoenixLedger(importId: string, context: TaskContext): ImportLedger {
  return {
    async list() {
      const rows = await context.fenced((tx) => tx.selectFrom('import_batches').selectAll().where('import_id', '=', importId).execute());
      return rows.map(({ batch, digest, state, import_type: importType, assets, findings, bytes, sent_at: at, request_id: requestId }) => ({
        batch,
        digest,
        state,
        importType,
        assets,
        findings,
        bytes,
        at: at.toISOString(),
        ...(requestId !== null && { requestId }),
      }));
    },
    async save({ batch, digest, state, importType, assets, findings, bytes, at, requestId = null }) {
      await context.fenced((tx) =>
        sql`
          insert into import_batches (id, import_id, batch, digest, state, import_type, assets, findings, bytes, sent_at, request_id)
          values (${randomUUIDv7()}, ${importId}, ${batch}, ${digest}, ${state}, ${importType}, ${assets}, ${findings}, ${bytes}, ${at}, ${requestId})
          on conflict (tenant_id, import_id, batch) do update
          set digest = excluded.digest, state = excluded.state, import_type = excluded.import_type, assets = excluded.assets,
            findings = excluded.findings, bytes = excluded.bytes, sent_at = excluded.sent_at, request_id = excluded.request_id`.execute(tx),
      );
    },
  };
}
