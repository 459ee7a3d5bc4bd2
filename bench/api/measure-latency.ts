import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { listRequests } from './create-clients.ts';
import type { Client } from './create-clients.ts';
import { percentile, sendOpenLoop } from './send-load.ts';
import type { StartedServer } from './start-servers.ts';

export interface Latency {
  readonly requests: number;
  readonly medianMilliseconds: number;
  readonly p99Milliseconds: number;
  readonly longestMilliseconds: number;
}

const perSecond = 100;

/** How long `GET /jobs/{id}` takes at a fixed rate, from the moment when each request was due. */
export async function measureLatency(server: StartedServer, clients: readonly Client[], seconds: number): Promise<Latency> {
  const requests = listRequests('read', clients, 'api');
  const times = await sendOpenLoop({ target: server.target, seconds, perSecond, requests, status: 200 });
  return {
    requests: times.length,
    medianMilliseconds: percentile(times, 0.5),
    p99Milliseconds: percentile(times, 0.99),
    longestMilliseconds: times.at(-1)!,
  };
}

/** Uploads a repository and asks for its scan; returns when a worker is at it, with what tells how it goes on. */
export async function startScan(
  { url }: StartedServer,
  { key }: Client,
  repository: string,
  workDirectory: string,
): Promise<{ isRunning(): Promise<boolean> }> {
  const headers = { 'x-api-key': key };
  const bundle = join(workDirectory, 'repository.bundle');
  execFileSync('git', ['-C', repository, 'bundle', 'create', '--quiet', bundle, '--all']);
  const source = await ask<{ id: string }>(`${url}/api/v2/sources`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-git-bundle' },
    body: createReadStream(bundle),
    duplex: 'half',
  });
  const job = await ask<{ id: string }>(`${url}/api/v2/jobs`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ source_platform: 'generic', source_id: source.id }),
  });
  const readStatus = async (): Promise<string> =>
    (await ask<{ job: { status: string } }>(`${url}/api/v2/jobs/${job.id}`, { headers })).job.status;
  while ((await readStatus()) === 'pending') await delay(50);
  return { isRunning: async () => (await readStatus()) === 'scanning' };
}

async function ask<T>(url: string, init: object): Promise<T> {
  const answer = await fetch(url, init);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}
