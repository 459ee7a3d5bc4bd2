import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chooseSystemUser } from '../src/platform/database/embedded/choose-system-user.ts';
import { query, type TestCluster } from './start-test-cluster.ts';

export interface TestPgbouncer {
  /** The same URL of the cluster, through PgBouncer. */
  through(url: string): string;
  stop(): Promise<void>;
}

/** PgBouncer in transaction mode before a cluster: every transaction may get another of `poolSize` connections. */
export async function startPgbouncer(cluster: TestCluster, poolSize: number): Promise<TestPgbouncer> {
  const user = chooseSystemUser(join(cluster.directory, 'postgres', 'data'));
  const directory = join(cluster.directory, 'pgbouncer');
  mkdirSync(directory);
  const [, socketDirectory] = /host=(.*)$/.exec(decodeURIComponent(cluster.url))!;
  const users = join(directory, 'users.txt');
  const settings = join(directory, 'pgbouncer.ini');
  writeFileSync(users, ['deployguard_app', 'deployguard_owner', 'postgres'].map((name) => `"${name}" ""\n`).join(''));
  writeFileSync(
    settings,
    `[databases]\n* = host=${socketDirectory}\n[pgbouncer]\nlisten_addr =\nunix_socket_dir = ${directory}\nlisten_port = 5432\nauth_type = trust\n` +
      `auth_file = ${users}\npool_mode = transaction\ndefault_pool_size = ${poolSize}\nmax_client_conn = 100\nserver_reset_query = \nlogfile = ${directory}/log\n`,
  );
  await admitUser(cluster, user.name);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) for (const path of [directory, users, settings]) chownSync(path, user.uid, user.gid);
  const program = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer', '/usr/local/bin/pgbouncer'].find((path) => existsSync(path)) ?? 'pgbouncer';
  const child = spawn(program, ['--quiet', settings], {
    stdio: ['ignore', 'ignore', 'inherit'],
    ...(isRoot ? { uid: user.uid, gid: user.gid } : {}),
  });
  await once(child, 'spawn');
  while (!existsSync(join(directory, '.s.PGSQL.5432')) && child.exitCode === null) await delay(10);
  if (child.exitCode !== null) throw new Error(`PgBouncer did not start:\n${readFileSync(join(directory, 'log'), 'utf8')}`);
  return {
    through: (url) => url.replace(/host=.*$/, `host=${encodeURIComponent(directory)}`),
    async stop() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** PgBouncer runs as the server's user, whom the cluster does not let in by itself. */
async function admitUser(cluster: TestCluster, name: string): Promise<void> {
  const file = join(cluster.directory, 'postgres', 'data', 'pg_ident.conf');
  const lines = ['deployguard_app', 'deployguard_owner', 'postgres'].map((role) => `deployguard "${name}" ${role}\n`);
  writeFileSync(file, readFileSync(file, 'utf8') + lines.join(''));
  await query(cluster.superuserUrl, 'select pg_reload_conf()');
}
