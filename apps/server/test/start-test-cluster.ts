import { createTemporaryDirectory } from '@deployguard/testkit';
import { chmodSync } from 'node:fs';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '../src/platform/database/embedded/start-embedded-postgres.ts';
import { createMigrator } from '../src/platform/database/index.ts';

/** A database in which owner and application have logins of their own. */
export interface TestLogins {
  readonly url: string;
  readonly migrationUrl: string;
  /** Bound by nothing: plays the attacker who has the database's files. */
  readonly superuserUrl: string;
  stop(): Promise<void>;
}

/** A PostgreSQL of its own, as the embedded service runs it. */
export interface TestCluster extends TestLogins {
  readonly directory: string;
}

/** `majorVersion`: 18 comes packaged, 15 from the system. */
export async function startTestCluster({
  majorVersion,
  isMigrated = true,
}: { majorVersion?: number; isMigrated?: boolean } = {}): Promise<TestCluster> {
  const directory = createTemporaryDirectory();
  // The server runs as another user when the tests run as root.
  chmodSync(directory.path, 0o755);
  const options = {
    directory: `${directory.path}/postgres`,
    as: 'owner',
    ...(majorVersion === undefined ? {} : { majorVersion }),
  } as const;
  const postgres = await startEmbeddedPostgres(options);
  const { url, migrationUrl } = postgres;
  // The server outlives its owner, which is right for a service, but not for a test that never came to its end.
  const abandon = (): void => {
    if (postgres.pid !== undefined) process.kill(postgres.pid, 'SIGQUIT');
  };
  process.once('exit', abandon);
  if (isMigrated) await createMigrator({ url: migrationUrl, appRole: 'deployguard_app' }).upgrade();
  return {
    url,
    migrationUrl,
    superuserUrl: url.replace('deployguard_app', 'postgres'),
    directory: directory.path,
    async stop() {
      process.off('exit', abandon);
      await postgres.stop();
      directory.dispose();
    },
  };
}

/** One statement, as one login. */
export async function query<Row extends object>(url: string, text: string, values: readonly unknown[] = []): Promise<Row[]> {
  const client = new Client(url);
  // What breaks the connection is told by the statement.
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}
