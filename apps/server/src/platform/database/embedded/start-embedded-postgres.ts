import { setTimeout as delay } from 'node:timers/promises';
import { Client, DatabaseError as ServerError } from 'pg';
import { DatabaseError } from '../database-error.ts';
import {
  type Cluster,
  type ClusterOptions,
  clusterRoles,
  prepareCluster,
  readLog,
  readLogTail,
  removeStaleLocks,
  startServer,
  type StartedServer,
} from './cluster.ts';
import { endLeftovers, findServer, isServer, sendSignal } from './server-processes.ts';

export interface EmbeddedPostgresOptions extends ClusterOptions {
  /**
   * `owner`: the service, which keeps the server running and stops it at the end; there is at most one. `guest`: a command that uses the
   * server of a running service, or else runs it for itself.
   */
  readonly as: 'owner' | 'guest';
  /** The server ended without being asked to, or could not be started again: it is tried (again). */
  readonly onTrouble?: (error: Error) => void;
  /** It could not be started several times in a row, and is tried no more. */
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
const mostFailures = 5;

/** The connection that holds the ownership; it ends with the server. */
interface Ownership {
  readonly client: Client;
  readonly ended: Promise<unknown>;
}

/**
 * Runs PostgreSQL on a unix socket in a folder. A server that an earlier process left running, because it crashed, is taken over.
 *
 * @throws {DatabaseError} DATABASE_IN_USE when another process owns it, DATABASE_START_FAILED, DATABASE_BINARIES_MISSING.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const cluster = prepareCluster(options);
  const stopping = new AbortController();
  const pace = createPace();
  let ownership = await startAndOwn(cluster, options.as, stopping.signal);
  let recovery: Promise<void> | undefined;
  if (ownership) void watch(ownership);

  async function watch({ ended }: Ownership): Promise<void> {
    await ended;
    if (!stopping.signal.aborted) recovery = bringBack();
  }

  async function bringBack(): Promise<void> {
    ownership = undefined;
    options.onTrouble?.(new DatabaseError('DATABASE_UNREACHABLE', 'PostgreSQL ended, or cut us off, without being asked to.'));
    for (let failures = 1; ; failures++) {
      await pause(pace(), stopping.signal);
      if (stopping.signal.aborted) return;
      try {
        ownership = await startAndOwn(cluster, 'owner', stopping.signal);
        void watch(ownership!);
        return;
      } catch (error) {
        if (stopping.signal.aborted) return;
        if (failures === mostFailures) return options.onLost?.(toStartError(error));
        options.onTrouble?.(error as Error);
      }
    }
  }

  return {
    url: buildUrl(cluster, clusterRoles.app),
    migrationUrl: buildUrl(cluster, clusterRoles.owner),
    majorVersion: cluster.majorVersion,
    get pid() {
      return findServer(cluster.dataDirectory);
    },
    async stop() {
      stopping.abort();
      await recovery;
      if (ownership) await stopServer(cluster, ownership);
    },
  };
}

function toStartError(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  return new DatabaseError('DATABASE_START_FAILED', `PostgreSQL could not be used: ${(error as Error).message}`, { cause: error });
}

/** How long to wait before the next start: not at all at first, then longer with everything that went wrong in the last five minutes. */
function createPace(): () => number {
  let troubles: number[] = [];
  return () => {
    const now = performance.now();
    troubles = [...troubles.filter((at) => now - at < 300_000), now];
    return troubles.length === 1 ? 0 : Math.min(500 * 2 ** (troubles.length - 1), 30_000);
  };
}

/** Undefined for a guest while there is an owner. */
async function startAndOwn(cluster: Cluster, as: 'owner' | 'guest', signal: AbortSignal): Promise<Ownership | undefined> {
  const connection = await connectOrStart(cluster, signal);
  const { client } = connection;
  try {
    if (await takeOwnership(client, as, signal)) {
      await createRolesAndDatabase(client);
      return connection;
    }
    if (as === 'guest') {
      await client.end();
      return undefined;
    }
    throw new DatabaseError(
      'DATABASE_IN_USE',
      `The database in ${cluster.dataDirectory} is in use by process ${(await findOwner(client)) ?? 'unknown'}: only one service may run on it. Stop that one, or choose another data directory.`,
    );
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}

async function connectOrStart(cluster: Cluster, signal: AbortSignal): Promise<Ownership> {
  const deadline = performance.now() + startSeconds * 1000;
  let starts = 0;
  let server: StartedServer | undefined;
  while (performance.now() < deadline && !signal.aborted) {
    const answer = await tryConnect(cluster);
    if (typeof answer === 'object') return answer;
    if (answer === 'nobody' && !server?.isRunning && findServer(cluster.dataDirectory) === undefined) {
      if (server !== undefined && isHeldUp(cluster, server)) {
        endLeftovers(cluster.dataDirectory);
        await pause(200, signal);
      } else if (++starts > 2) break; // One start more than needed, since two processes may have started it at once.
      removeStaleLocks(cluster);
      server = startServer(cluster);
    }
    await pause(10, signal);
  }
  if (signal.aborted && server?.isRunning) await endServer(server.pid);
  signal.throwIfAborted();
  throw new DatabaseError('DATABASE_START_FAILED', `PostgreSQL did not start. The end of ${cluster.logFile}:\n${readLogTail(cluster)}`);
}

/** What a killed server was doing goes on until it notices, and holds its memory until then. A server that refuses to start says why in its log. */
function isHeldUp(cluster: Cluster, { logStart }: StartedServer): boolean {
  return readLog(cluster, logStart).includes('pre-existing shared memory block');
}

/** `busy`: a server is there, but is starting or stopping, or has just gone. */
async function tryConnect(cluster: Cluster): Promise<Ownership | 'busy' | 'nobody'> {
  const client = new Client({
    connectionString: buildUrl(cluster, clusterRoles.superuser, 'postgres'),
    application_name: `deployguard ${process.pid}`,
    connectionTimeoutMillis: 10_000,
  });
  client.on('error', () => {});
  const ended = new Promise((resolve) => void client.once('end', resolve));
  try {
    await client.connect();
    return { client, ended };
  } catch (error) {
    await client.end().catch(() => {});
    const { code } = error as { code?: string };
    if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ECONNRESET') return 'nobody';
    // The driver has no code for a connection that ended. 57P0x: the server starts, stops, or has crashed.
    if (error instanceof ServerError ? code?.startsWith('57P0') : code === undefined || code === 'EPIPE') return 'busy';
    throw error;
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => {});
}

/** An owner waits a little: the connection of one that was killed, or a short command, may be just about to go. */
async function takeOwnership(client: Client, as: 'owner' | 'guest', signal: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + (as === 'owner' ? 3000 : 0);
  for (;;) {
    const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [ownerLock]);
    if (rows[0]!.taken) return true;
    if (performance.now() >= deadline || signal.aborted) return false;
    await pause(50, signal);
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

async function stopServer(cluster: Cluster, { client }: Ownership): Promise<void> {
  const pid = findServer(cluster.dataDirectory);
  await client.end();
  await endServer(pid);
}

/** Cuts connections, writes a checkpoint, ends; SIGQUIT, whose recovery comes with the next start, when that takes too long. */
async function endServer(pid: number | undefined): Promise<void> {
  if (pid === undefined) return;
  sendSignal(pid, 'SIGINT');
  const deadline = performance.now() + stopSeconds * 1000;
  for (let isForced = false; isServer(pid); await delay(10)) {
    if (isForced || performance.now() < deadline) continue;
    sendSignal(pid, 'SIGQUIT');
    isForced = true;
  }
}
