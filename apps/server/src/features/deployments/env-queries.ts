import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Tx } from '../../platform/database/index.ts';

export interface SealedVariable {
  readonly name: string;
  readonly sealed_value: Buffer;
  readonly updated_at: Date;
}

export async function listVariables(tx: Tx, applicationId: string): Promise<SealedVariable[]> {
  return tx
    .selectFrom('application_env')
    .select(['name', 'sealed_value', 'updated_at'])
    .where('application_id', '=', applicationId)
    .orderBy('name')
    .execute();
}

export async function saveVariable(tx: Tx, applicationId: string, name: string, sealedValue: Buffer): Promise<void> {
  await tx
    .insertInto('application_env')
    .values({ id: randomUUIDv7(), application_id: applicationId, name, sealed_value: sealedValue })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'application_id', 'name']).doUpdateSet({ sealed_value: sealedValue, updated_at: sql<Date>`now()` }),
    )
    .execute();
}

export async function deleteVariables(tx: Tx, applicationId: string, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await tx
    .deleteFrom('application_env')
    .where('application_id', '=', applicationId)
    .where('name', 'in', [...names])
    .execute();
}

/** How many bytes all that is sealed has. */
export async function measureVariables(tx: Tx, applicationId: string): Promise<number> {
  const { bytes } = await tx
    .selectFrom('application_env')
    .select(sql<number>`coalesce(sum(octet_length(sealed_value)), 0)::integer`.as('bytes'))
    .where('application_id', '=', applicationId)
    .executeTakeFirstOrThrow();
  return bytes;
}
