import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseError } from '../database-error.ts';
import { chooseSystemUser, currentUser, findBarrier, type SystemUser } from './choose-system-user.ts';
import { findPostgres, readClusterVersion } from './find-postgres.ts';
import { preparePrograms } from './prepare-programs.ts';
import { findServer } from './server-processes.ts';

/** A database cluster of ours on disk: its files, its programs, and the user they belong to. */
export interface Cluster {
  readonly dataDirectory: string;
  readonly socketDirectory: string;
  readonly logFile: string;
  readonly programs: string;
  readonly majorVersion: number;
  readonly user: SystemUser;
  readonly isDurable: boolean;
}

export interface ClusterOptions {
  readonly directory: string;
  /** Of a new cluster; default: the packaged one. An existing one is opened by the version that made it. */
  readonly majorVersion?: number;
  /** Default true. False is for tests: nothing waits for the disk, and a power failure loses everything. */
  readonly isDurable?: boolean;
}

export const clusterRoles = { superuser: 'postgres', owner: 'deployguard_owner', app: 'deployguard_app' } as const;

/** Opens the cluster in `directory` and makes it if there is none. Nothing runs yet. */
export function prepareCluster({ directory, majorVersion, isDurable = true }: ClusterOptions): Cluster {
  const dataDirectory = join(directory, 'data');
  const user = chooseSystemUser(dataDirectory);
  prepareDirectory(directory, user);
  const installation = findPostgres(readClusterVersion(dataDirectory) ?? majorVersion);
  const programs = preparePrograms(installation, user, directory);
  if (!existsSync(dataDirectory)) initialize(dataDirectory, programs, user, isDurable);
  admitOnlyUs(dataDirectory, user);
  return {
    dataDirectory,
    socketDirectory: prepareSocketDirectory(directory, user),
    logFile: join(directory, 'postgres.log'),
    programs,
    majorVersion: readClusterVersion(dataDirectory)!,
    user,
    isDurable,
  };
}

/** A server that this process has started. */
export interface StartedServer {
  readonly pid: number | undefined;
  readonly isRunning: boolean;
  /** Where its own lines begin in the log. */
  readonly logStart: number;
}

/** Starts the server, which outlives us unless it is told to stop. */
export function startServer(cluster: Cluster): StartedServer {
  const { dataDirectory, logFile, programs, user } = cluster;
  const isLong = (statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > 10_000_000;
  const log = openSync(logFile, isLong ? 'w' : 'a', 0o600);
  const logStart = fstatSync(log).size;
  let isRunning = true;
  const child = spawn(join(programs, 'postgres'), ['-D', dataDirectory, ...buildSettings(cluster).flatMap((setting) => ['-c', setting])], {
    cwd: dataDirectory,
    detached: true,
    stdio: ['ignore', log, log],
    env: processEnvironment,
    ...dropTo(user),
  });
  closeSync(log);
  const onEnd = (): void => void (isRunning = false);
  child.once('error', onEnd);
  child.once('exit', onEnd);
  child.unref();
  return {
    pid: child.pid,
    logStart,
    get isRunning() {
      return isRunning;
    },
  };
}

/** The log since a place in it. It holds no statements and no values (see the settings). */
export function readLog({ logFile }: Cluster, start = 0): string {
  return existsSync(logFile) ? readFileSync(logFile).subarray(start).toString('utf8') : '';
}

/** The end of the server's log. */
export function readLogTail(cluster: Cluster): string {
  return readLog(cluster).trimEnd().split('\n').slice(-5).join('\n');
}

/**
 * Removes the lock files of a server that was killed when its process id is another program's by now, which is common in containers, or when nobody
 * has asked how it ended: PostgreSQL would take that program for the server and refuse to start.
 */
export function removeStaleLocks({ dataDirectory, socketDirectory }: Cluster): void {
  if (process.platform !== 'linux' || findServer(dataDirectory) !== undefined) return;
  rmSync(join(dataDirectory, 'postmaster.pid'), { force: true });
  rmSync(join(socketDirectory, '.s.PGSQL.5432.lock'), { force: true });
}

const processEnvironment = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** Small, and silent about what it stores. */
function buildSettings({ socketDirectory, majorVersion, isDurable }: Cluster): string[] {
  return [
    `unix_socket_directories=${socketDirectory}`,
    'unix_socket_permissions=0700',
    'listen_addresses=',
    'port=5432',
    'max_connections=60',
    'shared_buffers=32MB',
    'work_mem=4MB',
    'maintenance_work_mem=32MB',
    'max_wal_size=1GB',
    'min_wal_size=32MB',
    'wal_level=minimal',
    'max_wal_senders=0',
    'max_logical_replication_workers=0',
    'max_parallel_workers_per_gather=0',
    'max_parallel_maintenance_workers=0',
    'autovacuum_max_workers=1',
    'huge_pages=off',
    'jit=off',
    'timezone=UTC',
    'log_timezone=UTC',
    'log_checkpoints=off',
    // Neither statements nor the rows an error is about.
    'log_min_error_statement=panic',
    'log_error_verbosity=terse',
    ...(majorVersion >= 18 ? ['io_method=sync'] : []),
    ...(isDurable ? [] : ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off']),
  ];
}

function initialize(dataDirectory: string, programs: string, user: SystemUser, isDurable: boolean): void {
  const unfinished = `${dataDirectory}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  const flags = [
    '--username',
    clusterRoles.superuser,
    '--encoding=UTF8',
    '--no-locale',
    '--auth=peer',
    '--data-checksums',
    '--no-instructions',
    ...(isDurable ? [] : ['--no-sync']),
  ];
  const { status, stderr, error } = spawnSync(join(programs, 'initdb'), ['--pgdata', unfinished, ...flags], {
    env: processEnvironment,
    encoding: 'utf8',
    ...dropTo(user),
  });
  if (status !== 0) {
    rmSync(unfinished, { recursive: true, force: true });
    throw new DatabaseError(
      'DATABASE_START_FAILED',
      `No database could be made in ${dataDirectory} as user ${user.name}: ${(error?.message ?? stderr).trim().split('\n').slice(-3).join(' ')}`,
    );
  }
  try {
    renameSync(unfinished, dataDirectory);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // Somebody else was faster.
    if (!existsSync(dataDirectory)) throw error;
  }
}

/** The server's user must get there, past folders that are not its own. */
function prepareDirectory(directory: string, user: SystemUser): void {
  const dataDirectory = dirname(directory);
  mkdirSync(dataDirectory, { recursive: true, mode: 0o711 });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  giveTo(user, directory);
  // This one is the service's own; what lies in it keeps others out by itself.
  if (findBarrier(directory, user) === dataDirectory) chmodSync(dataDirectory, (statSync(dataDirectory).mode & 0o777) | 0o011);
  const barrier = findBarrier(directory, user);
  if (barrier === undefined) return;
  throw new DatabaseError(
    'DATABASE_START_FAILED',
    `PostgreSQL runs as user ${user.name}, who may not pass ${barrier}. Allow that (chmod o+x), or set DEPLOYGUARD_DATA_DIRECTORY to another folder.`,
  );
}

/** No passwords: the kernel says who connects, and only the user of this process may, as any of our roles. */
function admitOnlyUs(dataDirectory: string, user: SystemUser): void {
  const self = currentUser().name;
  const lines = Object.values(clusterRoles).map((role) => `deployguard "${self}" ${role}`);
  for (const [name, text] of [
    ['pg_hba.conf', 'local all all peer map=deployguard\n'],
    ['pg_ident.conf', `${lines.join('\n')}\n`],
  ] as const) {
    const file = join(dataDirectory, name);
    writeFileSync(file, text, { mode: 0o600 });
    giveTo(user, file);
  }
}

/** A socket's path may have 107 bytes at most, so below a deep folder it stands elsewhere. */
function prepareSocketDirectory(directory: string, user: SystemUser): string {
  const inside = join(directory, 'run');
  const isShort = Buffer.byteLength(join(inside, '.s.PGSQL.5432.lock')) <= 107;
  const path = isShort ? inside : join('/tmp', `deployguard-${createHash('sha256').update(inside).digest('hex').slice(0, 16)}`);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const { uid } = lstatSync(path);
  if (uid !== user.uid && uid !== process.getuid?.()) {
    throw new DatabaseError(
      'DATABASE_START_FAILED',
      `${path} is needed for the database's socket, but belongs to user id ${uid}. Remove it.`,
    );
  }
  giveTo(user, path);
  chmodSync(path, 0o700);
  return path;
}

function giveTo({ uid, gid }: SystemUser, path: string): void {
  if (process.getuid?.() === 0) chownSync(path, uid, gid);
}

function dropTo({ uid, gid }: SystemUser): { uid?: number; gid?: number } {
  return process.getuid?.() === 0 ? { uid, gid } : {};
}
