import { query } from '../../apps/server/test/start-test-cluster.ts';
import type { TestCluster } from '../../apps/server/test/start-test-cluster.ts';
import type { LoadRequest } from './send-load.ts';
import { gatewayProof } from './start-servers.ts';
import type { StartedServer } from './start-servers.ts';

/** Users with an API key and a job of their own. */
export interface Client {
  readonly tenantId: string;
  readonly key: string;
  readonly jobId: string;
}

const jobBody = JSON.stringify({ source_platform: 'github', source_url: 'https://github.com/acme/shop.git', source_branch: 'main' });

export async function createClients(api: StartedServer, cluster: TestCluster, count: number): Promise<Client[]> {
  const clients: Client[] = [];
  for (let number = 0; number < count; number++) {
    const userId = `user-${number}`;
    const signIn = { 'x-user-id': userId, 'x-gateway-proof': gatewayProof };
    const { key } = await post<{ key: string }>(api, '/api/v2/api-keys', signIn, {
      name: 'bench',
      scopes: ['jobs:read', 'jobs:write', 'sources:write'],
    });
    const { id } = await post<{ id: string }>(api, '/api/v2/jobs', { 'x-api-key': key }, JSON.parse(jobBody));
    const [tenant] = await query<{ tenant_id: string }>(cluster.superuserUrl, 'select tenant_id from tenants where user_id = $1', [userId]);
    clients.push({ tenantId: tenant!.tenant_id, key, jobId: id });
  }
  return clients;
}

/** Ends the clients' jobs, which a worker would try to do; they can be read as before. */
export async function cancelJobs({ url }: StartedServer, clients: readonly Client[]): Promise<void> {
  for (const { key, jobId } of clients) {
    const answer = await fetch(`${url}/api/v2/jobs/${jobId}`, { method: 'DELETE', headers: { 'x-api-key': key } });
    if (!answer.ok) throw new Error(`A job of the bench could not be cancelled: ${answer.status}.`);
  }
}

/** Requests of each client in turn: to the API with a key, to the floor with the tenant that it would find. */
export function listRequests(kind: 'create' | 'read', clients: readonly Client[], side: 'api' | 'bare'): LoadRequest[] {
  const root = side === 'api' ? '/api/v2/jobs' : '/jobs';
  return clients.map(({ tenantId, key, jobId }): LoadRequest => {
    const headers = side === 'api' ? { 'x-api-key': key } : { 'x-tenant': tenantId };
    return kind === 'create'
      ? { method: 'POST', path: root, headers, body: jobBody }
      : { method: 'GET', path: `${root}/${jobId}`, headers };
  });
}

async function post<T>({ url }: StartedServer, path: string, headers: Readonly<Record<string, string>>, body: unknown): Promise<T> {
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}
