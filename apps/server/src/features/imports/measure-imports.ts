import { sql } from 'kysely';
import type { Database } from '../../platform/database/index.ts';
import { importKind } from './kinds.ts';

export interface ImportMeasure {
  readonly pending: number;
  readonly processing: number;
  readonly total: number;
  /** That are at an upload now. */
  readonly workers: number;
}

/** Of all tenants, as long as their tasks are remembered. */
export async function measureImports(database: Pick<Database, 'asSystem'>): Promise<ImportMeasure> {
  const { rows } = await database.asSystem((tx) =>
    sql<ImportMeasure>`
      select count(*) filter (where state = 'queued') as pending, count(*) filter (where state = 'running') as processing, count(*) as total,
        count(distinct lease_owner) filter (where state = 'running') as workers
      from tasks where kind = ${importKind.kind}`.execute(tx),
  );
  return rows[0]!;
}
