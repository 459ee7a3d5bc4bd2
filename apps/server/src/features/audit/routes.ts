import { operations } from '@deployguard/contracts';
import type { AuditEntry } from '@deployguard/contracts';
import type { Feature, Platform } from '../../feature.ts';
import { buildPage, parsePage } from '../../platform/http/index.ts';
import { countAuditEntries, listAuditEntries } from './queries.ts';
import type { AuditRow } from './queries.ts';

/** Who did what. The chain itself is checked by `deployguard audit verify`, at the database. */
export function createAuditFeature(platform: Platform): Feature {
  return {
    name: 'audit',
    register(api) {
      api.add(operations.listAudit, async ({ caller, query }) => {
        const page = parsePage(query);
        return platform.database.asTenant(caller.actor.tenantId, async (tx) => ({
          ...buildPage(await listAuditEntries(tx, query, page), page, toEntry),
          ...(page.offset === undefined ? {} : { total: await countAuditEntries(tx, query) }),
        }));
      });
    },
  };
}

function toEntry(row: AuditRow): AuditEntry {
  return {
    id: row.id,
    sequence: row.seq,
    job_id: row.job_id,
    user_id: row.user_id,
    action: row.action,
    details: row.details as AuditEntry['details'],
    ip: row.ip,
    request_id: row.request_id,
    created_at: row.created_at.toISOString(),
    hash: row.hash,
  };
}
