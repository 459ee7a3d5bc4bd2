import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { DatabaseError } from '../database-error.ts';
import {
  type Cluster,
  type ClusterOptions,
  clusterRoles,
  findServerPid,
  isServer,
  prepareCluster,
  readLogTail,
  removeStaleLock,
  startServer,
} from './cluster.ts';

export interface EmbeddedPostgresOptions extends ClusterOptions {
  /**
   * `owner`: the service, which keeps the server running and stops it at the end; there is at most one. `guest`: a command that uses the
   * server of a running service, or else runs it for itself.
   */
  readonly as: 'owner' | 'guest';
  /** The server died and could not be brought back. */
  readonly onLost?: (error: Error) => void;
}

export interface EmbeddedPostgres {
  /** For `openDatabase`: cannot change tables, bound by row-level security. */
  readonly url: string;
  /** For migrations: owns the tables. */
  readonly migrationUrl: string;
  readonly majorVersion: number;
  /** Process id of the server, while it is up. */
  readonly pid: number | undefined;
  /** Stops the server, unless it is somebody else's. */
  stop(): Promise<void>;
}

const startSeconds = 60;
const stopSeconds = 20;
// Held by the owner's connection, so it is free the moment the owner is gone, however it went.
const ownerLock = 0x6467_6f77;
const database = 'deployguard';

/**
 * Runs PostgreSQL on a unix socket in a folder. A server that an earlier process left running, because it crashed, is taken over.
 *
 * @throws {DatabaseError} DATABASE_IN_USE when another process owns it, DATABASE_START_FAILED, DATABASE_BINARIES_MISSING.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const cluster = prepareCluster(options);
  let isStopping = false;
  let ownership = await startAndOwn(cluster, options.as);
  let recovery: Promise<void> | undefined;
  watch();

  /** The ownership ends with the server. */
  function watch(): void {
    ownership?.once('end', () => {
      if (!isStopping) recovery = bringBack();
    });
  }

  async function bringBack(): Promise<void> {
    try {
      ownership = await startAndOwn(cluster, 'owner');
      watch();
    } catch (error) {
      options.onLost?.(error as Error);
    }
  }

  return {
    url: buildUrl(cluster, clusterRoles.app),
    migrationUrl: buildUrl(cluster, clusterRoles.owner),
    majorVersion: cluster.majorVersion,
    get pid() {
      return findServerPid(cluster);
    },
    async stop() {
      isStopping = true;
      await recovery;
      if (ownership) await stopServer(cluster, ownership);
    },
  };
}

/** The connection that holds the ownership; undefined for a guest while there is an owner. */
async function startAndOwn(cluster: Cluster, as: 'owner' | 'guest'): Promise<Client | undefined> {
  const client = await connectOrStart(cluster);
  if (await takeOwnership(client, as)) {
    await createRolesAndDatabase(client);
    return client;
  }
  const holder = await findOwner(client);
  await client.end();
  if (as === 'guest') return undefined;
  throw new DatabaseError(
    'DATABASE_IN_USE',
    `The database in ${cluster.dataDirectory} is in use by process ${holder ?? 'unknown'}: only one service may run on it. Stop that one, or choose another data directory.`,
  );
}

async function connectOrStart(cluster: Cluster): Promise<Client> {
  const deadline = performance.now() + startSeconds * 1000;
  let starts = 0;
  let isStarting = false;
  while (performance.now() < deadline) {
    const answer = await tryConnect(cluster);
    if (answer instanceof Client) return answer;
    // A server that refuses to start says why in its log; one start more, since two processes may have started it at once.
    if (answer === 'nobody' && !isStarting && findServerPid(cluster) === undefined) {
      if (++starts > 2) {
        if (!isHeldUp(cluster)) break;
        await delay(200);
      }
      isStarting = true;
      removeStaleLock(cluster);
      startServer(cluster, () => {
        isStarting = false;
      });
    }
    await delay(10);
  }
  throw new DatabaseError('DATABASE_START_FAILED', `PostgreSQL did not start. The end of ${cluster.logFile}:\n${readLogTail(cluster)}`);
}

/** What a killed server was doing goes on until it notices, and holds its memory until then. */
function isHeldUp(cluster: Cluster): boolean {
  return readLogTail(cluster).includes('pre-existing shared memory block');
}

/** `busy`: a server is there, but is starting or stopping. */
async function tryConnect(cluster: Cluster): Promise<Client | 'busy' | 'nobody'> {
  const client = new Client({
    connectionString: buildUrl(cluster, clusterRoles.superuser, 'postgres'),
    application_name: `deployguard ${process.pid}`,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    const code = (error as { code?: string }).code;
    // 57P03: "the database system is starting up", or shutting down.
    if (code === '57P03') return 'busy';
    if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ECONNRESET') return 'nobody';
    throw error;
  }
}

/** An owner waits a little: the connection of one that was killed, or a short command, may be just about to go. */
async function takeOwnership(client: Client, as: 'owner' | 'guest'): Promise<boolean> {
  const deadline = performance.now() + (as === 'owner' ? 3000 : 0);
  for (;;) {
    const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [ownerLock]);
    if (rows[0]!.taken) return true;
    if (performance.now() >= deadline) return false;
    await delay(50);
  }
}

/** Process id of ours that holds the ownership. */
async function findOwner(client: Client): Promise<string | undefined> {
  const { rows } = await client.query<{ application_name: string }>(
    `select a.application_name from pg_locks l join pg_stat_activity a using (pid)
     where l.locktype = 'advisory' and l.objid = $1 and l.granted`,
    [ownerLock],
  );
  return rows[0]?.application_name.replace('deployguard ', '');
}

async function createRolesAndDatabase(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>('select rolname as name from pg_roles union all select datname from pg_database');
  const existing = new Set(rows.map(({ name }) => name));
  for (const role of [clusterRoles.owner, clusterRoles.app]) if (!existing.has(role)) await client.query(`create role ${role} login`);
  if (!existing.has(database)) await client.query(`create database ${database} owner ${clusterRoles.owner}`);
}

function buildUrl({ socketDirectory }: Cluster, role: string, name = database): string {
  return `postgresql://${role}@localhost/${name}?host=${encodeURIComponent(socketDirectory)}`;
}

/** Cuts connections, writes a checkpoint, ends; SIGQUIT, whose recovery comes with the next start, when that takes too long. */
async function stopServer(cluster: Cluster, ownership: Client): Promise<void> {
  const pid = findServerPid(cluster);
  await ownership.end();
  if (pid === undefined) return;
  process.kill(pid, 'SIGINT');
  const deadline = performance.now() + stopSeconds * 1000;
  for (let isForced = false; isServer(pid); await delay(10)) {
    if (isForced || performance.now() < deadline) continue;
    process.kill(pid, 'SIGQUIT');
    isForced = true;
  }
}
