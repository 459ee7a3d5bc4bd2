import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { query, startTestCluster, type TestCluster } from '../../../../test/start-test-cluster.ts';
import { checkSchema, describeMigrations, snapshotFile } from '../migrations/check-schema.ts';
import { loadMigrations } from '../migrations/load-migrations.ts';
import { withClient } from '../migrations/migrator.ts';
import { buildTypes } from './build-types.ts';

// The oldest and the newest version that we support.
for (const majorVersion of [15, 18]) {
  describe(`on PostgreSQL ${majorVersion}`, () => {
    let cluster: TestCluster;
    before(async () => {
      cluster = await startTestCluster({ majorVersion });
    });
    after(() => cluster.stop());

    test('database, committed listing and migrations are the same', async () => {
      const [row] = await query<{ version: string }>(cluster.url, 'show server_version_num');

      const differences = await checkSchema(cluster.migrationUrl);

      assert.deepEqual(differences, []);
      assert.match(JSON.stringify(row), new RegExp(`"${majorVersion}`));
    });

    test('the committed types are those of the migrations', async () => {
      const { text, tables } = await withClient(cluster.migrationUrl, (client) => describeMigrations(client, loadMigrations()));

      assert.ok(text === readFileSync(snapshotFile, 'utf8'), 'schema.txt is not of these migrations: npm run schema');
      const types = readFileSync(join(import.meta.dirname, '..', 'schema.ts'), 'utf8');
      assert.ok(withoutSpaces(buildTypes(tables)) === withoutSpaces(types), 'schema.ts is not of these migrations: npm run schema');
    });

    test('a change by hand is told, and trying the migrations leaves nothing behind', async () => {
      const changes = [
        ['alter table jobs add note text', 'alter table jobs drop note', 'table jobs: column note text'],
        ['alter table jobs no force row level security', 'alter table jobs force row level security', 'table jobs: row security enabled'],
        ['drop policy tenant on sources', undefined, 'table sources: policy tenant for all'],
        ['drop index jobs_newest', undefined, 'table jobs: CREATE INDEX jobs_newest'],
        ['drop trigger audit_logs_insert_only on audit_logs', undefined, 'table audit_logs: trigger audit_logs_insert_only'],
        ['create view everything as select * from jobs', undefined, 'view everything'],
      ] as const;

      for (const [change, undo, difference] of changes) {
        await query(cluster.migrationUrl, change);
        const differences = await checkSchema(cluster.migrationUrl);
        assert.ok(
          differences.some((line) => line.startsWith('Database: ') && line.includes(difference)),
          `${change}: ${differences.join('\n')}`,
        );
        if (undo) await query(cluster.migrationUrl, undo);
      }

      const schemas = await query(cluster.migrationUrl, `select nspname from pg_namespace where nspname = 'deployguard_check'`);
      assert.deepEqual(schemas, []);
    });
  });
}

/** The formatter breaks long lines. */
function withoutSpaces(text: string): string {
  return text.replaceAll(/\s+/g, '');
}
