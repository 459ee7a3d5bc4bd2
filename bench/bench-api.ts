import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { openDatabase } from '../apps/server/src/platform/database/index.ts';
import { loadKeyring } from '../apps/server/src/platform/keyring/index.ts';
import { query, startTestCluster } from '../apps/server/test/start-test-cluster.ts';
import type { TestCluster } from '../apps/server/test/start-test-cluster.ts';
import { cancelJobs, createClients, listRequests } from './api/create-clients.ts';
import type { Client } from './api/create-clients.ts';
import { measureFanOut } from './api/measure-fan-out.ts';
import { measureLatency, startScan } from './api/measure-latency.ts';
import type { Latency } from './api/measure-latency.ts';
import { sendClosedLoop } from './api/send-load.ts';
import { startApi, startBareApi } from './api/start-servers.ts';
import type { StartedServer } from './api/start-servers.ts';
import { listTree } from './measure-command.ts';
import { median, printTable } from './print-table.ts';

const clientCount = 200;
const userCount = 50;
const secondsPerTurn = 5;
const latencySeconds = 20;

/**
 * The API under load, every request with an API key. Throughput beside a bare Fastify route that does the same SQL by hand; the time of a read at a
 * fixed rate while a worker of the same process scans a repository; and lines of one job to many listeners.
 */
export async function benchApi(rounds: number, repository: string): Promise<void> {
  using directory = createTemporaryDirectory();
  chmodSync(directory.path, 0o755);
  await benchThroughput(rounds);
  await benchBusy(repository, directory.path);
}

interface Side {
  readonly name: string;
  readonly server: StartedServer;
  readonly cluster: TestCluster;
  readonly clients: readonly Client[];
}

async function benchThroughput(rounds: number): Promise<void> {
  await using started = new AsyncDisposableStack();
  // Each has a database of its own: the service goes on with what was asked for when nobody asks any more.
  const [cluster, bareCluster] = [await startCluster(started), await startCluster(started)];
  const api = await startApi('api', settingsOf(cluster));
  started.defer(() => api.stop());
  const clients = await createClients(api, cluster, userCount);
  // The tables and users of the floor are made by the service, too.
  const maker = await startApi('api', settingsOf(bareCluster));
  const bareClients = await createClients(maker, bareCluster, userCount);
  await maker.stop();
  const bare = await startBareApi(bareCluster.url);
  started.defer(() => bare.stop());

  const sides: Side[] = [
    { name: 'bare', server: bare, cluster: bareCluster, clients: bareClients },
    { name: 'api', server: api, cluster, clients },
  ];
  const results: Record<string, Turn[]> = {};
  for (const kind of ['create', 'read'] as const) for (const side of sides) await measureTurn(side, kind, 2);
  for (let round = 0; round < rounds; round++) {
    for (const kind of ['create', 'read'] as const) {
      for (const side of sides) (results[`${side.name} ${kind}`] ??= []).push(await measureTurn(side, kind, secondsPerTurn));
    }
  }
  const row = (title: string, kind: 'create' | 'read', name: 'api' | 'bare'): string[] => {
    const turns = results[`${name} ${kind}`]!;
    const ratios = turns.map(({ perSecond }, round) => perSecond / results[`bare ${kind}`]![round]!.perSecond);
    const microseconds = (pick: (turn: Turn) => number): string => (median(turns.map(pick)) * 1e6).toFixed(0);
    return [
      title,
      median(turns.map(({ perSecond }) => perSecond)).toFixed(0),
      median(ratios).toFixed(2),
      microseconds(({ serverSeconds }) => serverSeconds),
      microseconds(({ databaseSeconds }) => databaseSeconds),
    ];
  };
  printTable(
    `The API, ${clientCount} clients at once, ${userCount} users, median of ${rounds} (at least 0.50 × floor)`,
    ['', 'answers/s', '× floor', 'server µs CPU', 'PostgreSQL µs CPU'],
    [
      row('POST, bare Fastify, SQL by hand (floor)', 'create', 'bare'),
      row('POST /api/v2/jobs', 'create', 'api'),
      row('GET, bare Fastify, SQL by hand (floor)', 'read', 'bare'),
      row('GET /api/v2/jobs/{id}', 'read', 'api'),
    ],
  );
}

interface Turn {
  readonly perSecond: number;
  /** Processor time for one answer. */
  readonly serverSeconds: number;
  readonly databaseSeconds: number;
}

async function measureTurn({ name, server, cluster, clients }: Side, kind: 'create' | 'read', seconds: number): Promise<Turn> {
  const readCpu = (): [number, number] => [readCpuSeconds([server.pid]), readCpuSeconds(listDatabaseProcesses(cluster))];
  const [serverBefore, databaseBefore] = readCpu();
  const requests = listRequests(kind, clients, name === 'api' ? 'api' : 'bare');
  const status = kind === 'create' ? 202 : 200;
  const perSecond = await sendClosedLoop({ target: server.target, seconds, clients: clientCount, requests, status });
  const answers = perSecond * seconds;
  const [serverAfter, databaseAfter] = readCpu();
  const turn = {
    perSecond,
    serverSeconds: (serverAfter - serverBefore) / answers,
    databaseSeconds: (databaseAfter - databaseBefore) / answers,
  };
  if (name === 'api') await waitUntilAnnounced(cluster);
  return turn;
}

/** What was asked for is announced after the answers, in the service's own time, which must not be the floor's. */
async function waitUntilAnnounced({ superuserUrl }: TestCluster): Promise<void> {
  while ((await query<{ waits: boolean }>(superuserUrl, 'select exists (select from outbox) as waits'))[0]!.waits) await delay(50);
}

async function benchBusy(repository: string, directory: string): Promise<void> {
  await using started = new AsyncDisposableStack();
  const cluster = await startCluster(started);
  const service = await startApi('serve', settingsOf(cluster));
  started.defer(() => service.stop());
  const clients = await createClients(service, cluster, userCount);
  await cancelJobs(service, clients);
  const database = openDatabase({ url: cluster.url });
  started.defer(() => database.close());

  await measureLatency(service, clients, 3);
  const quiet = await measureLatency(service, clients, latencySeconds);
  const fanOut = await measureFanOut(service, database, clients[0]!);
  const scan = await startScan(service, clients[1]!, repository, directory);
  const busy = await measureLatency(service, clients, latencySeconds);
  const wasScanning = await scan.isRunning();

  const row = (title: string, { requests, medianMilliseconds, p99Milliseconds, longestMilliseconds }: Latency): string[] => [
    title,
    String(requests),
    medianMilliseconds.toFixed(1),
    p99Milliseconds.toFixed(1),
    longestMilliseconds.toFixed(1),
  ];
  printTable(
    'GET /api/v2/jobs/{id}, 100 requests a second (p99 at most 50 ms)',
    ['', 'requests', 'median ms', 'p99 ms', 'longest ms'],
    [row('nothing else to do', quiet), row(`while a worker scans ${repository}${wasScanning ? '' : ' (which ended before)'}`, busy)],
  );
  printTable(
    'Lines of one job to many listeners',
    ['listeners', 'lines', 'have all in order', 'median ms', 'p99 ms', 'lines × listeners/s', 'grown MiB'],
    [
      [
        String(fanOut.listeners),
        String(fanOut.lines),
        String(fanOut.complete),
        fanOut.delayMedian.toFixed(0),
        fanOut.delayP99.toFixed(0),
        fanOut.deliveredPerSecond.toFixed(0),
        fanOut.grownMiB.toFixed(0),
      ],
    ],
  );
}

async function startCluster(started: AsyncDisposableStack): Promise<TestCluster> {
  const cluster = await startTestCluster();
  started.defer(() => cluster.stop());
  await loadKeyring({ file: join(cluster.directory, 'keyring.json'), mayCreate: true });
  return cluster;
}

function settingsOf({ url, migrationUrl, directory }: TestCluster): Record<string, string> {
  return {
    DATABASE_URL: url,
    DATABASE_MIGRATION_URL: migrationUrl,
    DEPLOYGUARD_DATA_DIRECTORY: join(directory, 'data'),
    DEPLOYGUARD_KEYRING_FILE: join(directory, 'keyring.json'),
  };
}

function listDatabaseProcesses({ directory }: TestCluster): number[] {
  const [pid] = readFileSync(join(directory, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n');
  return listTree(Number(pid));
}

/** User and system time of processes until now: fields 14 and 15 of /proc/PID/stat (proc(5)), in ticks of 10 ms. */
function readCpuSeconds(pids: readonly number[]): number {
  const ticks = pids.map((pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  });
  return ticks.reduce((sum, each) => sum + each, 0) / 100;
}
