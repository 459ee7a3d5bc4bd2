// Writes what follows from the migrations: the listing `migrations/schema.txt` and the types `schema.ts`.
// npm run schema --workspace @deployguard/server
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../embedded/start-embedded-postgres.ts';
import { describeMigrations, snapshotFile } from '../migrations/check-schema.ts';
import { loadMigrations } from '../migrations/load-migrations.ts';
import { withClient } from '../migrations/migrator.ts';
import { buildTypes } from './build-types.ts';

const directory = mkdtempSync(join(tmpdir(), 'deployguard-schema-'));
const postgres = await startEmbeddedPostgres({ directory, as: 'owner', isDurable: false });
try {
  const { text, tables } = await withClient(postgres.migrationUrl, (client) => describeMigrations(client, loadMigrations()));
  writeFileSync(snapshotFile, text);
  writeFileSync(join(import.meta.dirname, '..', 'schema.ts'), buildTypes(tables));
} finally {
  await postgres.stop();
  rmSync(directory, { recursive: true, force: true });
}
