import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import type { Db } from './database.ts';
import type { Schema } from './schema.ts';
import { tenantFilter } from './tenant-filter.ts';

const db: Db = new Kysely<Schema>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (of) => new PostgresIntrospector(of),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
  plugins: [tenantFilter],
});

const cases: readonly { readonly what: string; readonly built: { compile(): { readonly sql: string } }; readonly sql: string }[] = [
  {
    what: 'a question about everything',
    built: db.selectFrom('jobs').select('id'),
    sql: `select "id" from "jobs" where "jobs"."tenant_id" = current_tenant()`,
  },
  {
    what: 'alternatives',
    built: db
      .selectFrom('jobs')
      .select('id')
      .where((row) => row.or([row('id', '=', 'a'), row('id', '=', 'b')])),
    sql: `select "id" from "jobs" where ("id" = $1 or "id" = $2) and "jobs"."tenant_id" = current_tenant()`,
  },
  {
    what: 'another name for a table, and a join',
    built: db.selectFrom('jobs as j').leftJoin('tasks as t', 't.subject', 'j.source_platform').select('j.id'),
    sql:
      `select "j"."id" from "jobs" as "j" left join "tasks" as "t" on "t"."subject" = "j"."source_platform"` +
      ` and "t"."tenant_id" = current_tenant() where "j"."tenant_id" = current_tenant()`,
  },
  {
    what: 'a question in a question',
    built: db
      .selectFrom('sources')
      .select('id')
      .where(({ exists, selectFrom }) => exists(selectFrom('jobs').select('jobs.id'))),
    sql:
      `select "id" from "sources" where exists (select "jobs"."id" from "jobs" where "jobs"."tenant_id" = current_tenant())` +
      ` and "sources"."tenant_id" = current_tenant()`,
  },
  {
    what: 'a change of everything',
    built: db.updateTable('jobs').set({ status: 'failed' }),
    sql: `update "jobs" set "status" = $1 where "jobs"."tenant_id" = current_tenant()`,
  },
  {
    what: 'a change that looks at another table',
    built: db.updateTable('jobs').from('tasks').set({ status: 'failed' }),
    sql: `update "jobs" set "status" = $1 from "tasks" where "jobs"."tenant_id" = current_tenant() and "tasks"."tenant_id" = current_tenant()`,
  },
  {
    what: 'a deletion of everything',
    built: db.deleteFrom('jobs').using('tasks'),
    sql: `delete from "jobs" using "tasks" where "jobs"."tenant_id" = current_tenant() and "tasks"."tenant_id" = current_tenant()`,
  },
  {
    what: 'a named part, which is no table',
    built: db
      .with('gone', (part) => part.deleteFrom('jobs').returning('id'))
      .selectFrom('gone')
      .select('id'),
    sql: `with "gone" as (delete from "jobs" where "jobs"."tenant_id" = current_tenant() returning "id") select "id" from "gone"`,
  },
  {
    what: 'a new row, which gets its tenant by default',
    built: db.insertInto('audit_heads').values({ seq: 0, hash: 'a' }),
    sql: `insert into "audit_heads" ("seq", "hash") values ($1, $2)`,
  },
];

for (const { what, built, sql } of cases) {
  test(`T1: ${what} is of the tenant alone`, () => {
    assert.equal(built.compile().sql, sql);
  });
}
