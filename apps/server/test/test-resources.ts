import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import type { Tx } from '../src/platform/database/index.ts';
import { appendEvents } from '../src/platform/events/index.ts';
import type { TestApp } from './open-test-app.ts';

/** Makes a thing for the user, through the API or the tables, and tells the ids that stand in paths of its collection. */
type CreateResource = (service: TestApp, userId: string) => Promise<Readonly<Record<string, string>>>;

/** By the collection in the path: `/api/v2/<collection>/{id}`; uploads of reports have paths of their own. */
const resources: Readonly<Record<string, CreateResource>> = {
  applications: async (service, userId) => ({ id: (await makeDeployment(service, userId)).applicationId }),
  deployments: async (service, userId) => ({ id: (await makeDeployment(service, userId)).id }),
  releases: async (service, userId) => ({ id: (await makeDeployment(service, userId)).releaseId }),
  'api-keys': async (service, userId) => {
    const { api_key } = (await post(service, userId, '/api/v2/api-keys', { name: `of ${userId}`, scopes: ['jobs:read'] })) as {
      api_key: { id: string };
    };
    return { id: api_key.id };
  },
  jobs: async (service, userId) => {
    const { id } = (await post(service, userId, '/api/v2/jobs', {
      source_platform: 'generic',
      source_url: `https://git.example.com/of-${userId}.git`,
    })) as { id: string };
    const secretId = randomUUIDv7();
    await inTenantOf(service, userId, async (tx) => {
      await tx
        .insertInto('secrets_found')
        .values({
          id: secretId,
          job_id: id,
          finding_id: secretId.slice(-12).padStart(16, '0'),
          rule_id: 'generic-password',
          secret_type: 'password',
          severity: 'high',
          secret_value_hash: '0'.repeat(64),
          secret_value_preview: 'abc...xyz',
          file_path: `of-${userId}.env`,
          location: JSON.stringify({ title: `Password of ${userId}` }),
        })
        .execute();
      await tx.updateTable('jobs').set({ total_secrets_found: 1 }).where('id', '=', id).execute();
    });
    return { id, secret_id: secretId };
  },
  findings: async (service, userId) => {
    const [id, assessmentId, importId] = [randomUUIDv7(), randomUUIDv7(), randomUUIDv7()];
    await fetch(`${service.url}/api/v2/findings`, { headers: await service.asUser(userId) });
    await inTenantOf(service, userId, async (tx) => {
      await tx
        .insertInto('assessments')
        .values({ id: assessmentId, name: `of-${userId}-${id}` })
        .execute();
      await tx
        .insertInto('findings')
        .values({
          id,
          assessment_id: assessmentId,
          number: 1,
          key: Buffer.from(id.replaceAll('-', ''), 'hex'),
          severity: 1,
          kind: 'vulnerability',
          tool: `Scanner of ${userId}`,
          rule_id: 'CVE-2024-1000',
          title: `Problem of ${userId}`,
          has_fix: false,
          is_known_exploited: false,
          content: JSON.stringify({
            fingerprint: '0'.repeat(32),
            kind: 'vulnerability',
            tool: { name: `Scanner of ${userId}`, format: 'trivy' },
            rule: { id: 'CVE-2024-1000' },
            title: `Problem of ${userId}`,
            severity: { label: 'high', source: 'tool' },
          }),
          content_hash: Buffer.alloc(8),
          first_import_id: importId,
          opened_import_id: importId,
        })
        .execute();
    });
    return { id };
  },
  waivers: async (service, userId) => {
    const { id } = (await post(service, userId, '/api/v2/waivers', {
      rule: `of-${userId}`,
      reason: 'For the tests.',
      until: '2099-12-31',
    })) as { id: string };
    return { id };
  },
  sources: async (service, userId) => {
    const answer = await fetch(`${service.url}/api/v2/sources`, {
      method: 'POST',
      headers: { ...(await service.asUser(userId)), 'content-type': 'application/x-git-bundle' },
      body: `# v2 git bundle\n${'0'.repeat(40)} refs/heads/main\n\n`,
    });
    assert.equal(answer.status, 201);
    return { id: ((await answer.json()) as { id: string }).id };
  },
  imports: async (service, userId) => {
    const id = randomUUIDv7();
    // Whoever asks is known from then on.
    await fetch(`${service.url}/api/v1/jobs`, { headers: await service.asUser(userId) });
    await inTenantOf(service, userId, async (tx) => {
      const taskId = randomUUIDv7();
      await tx
        .insertInto('tasks')
        .values({ id: taskId, kind: 'test', queue: 'import', subject: id, input: '{}', state: 'succeeded', finished_at: new Date() })
        .execute();
      await tx
        .insertInto('imports')
        .values({
          id,
          job_id: `job-${id.slice(-12)}`,
          user_id: userId,
          status: 'completed',
          completed_at: new Date(),
          filename: `of-${userId}.json`,
          file_path: `uploads/${id}/report`,
          file_size_bytes: 1,
          import_type: 'delta',
          task_id: taskId,
        })
        .execute();
      const [log, state] = [{ line: `A report of ${userId}` }, { status: 'completed', progress: 100, current_step: 'Completed' }];
      await appendEvents(tx, id, [
        { kind: 'log', data: log },
        { kind: 'state', data: state },
      ]);
    });
    return { job_id: `job-${id.slice(-12)}` };
  },
  'report-uploads': async (service, userId) => {
    const { upload_id: id } = (await post(service, userId, '/api/v1/uploads', { file_name: `of-${userId}.json` })) as { upload_id: string };
    return { upload_id: id, number: '1' };
  },
  tasks: async (service, userId) => {
    const id = randomUUIDv7();
    await inTenantOf(service, userId, (tx) =>
      tx
        .insertInto('tasks')
        .values({ id, kind: 'test', queue: 'scan', subject: id, input: '{}', state: 'dead', finished_at: new Date() })
        .execute(),
    );
    return { id };
  },
  webhooks: async (service, userId) => {
    const [id, deliveryId] = [randomUUIDv7(), randomUUIDv7()];
    await inTenantOf(service, userId, async (tx) => {
      await tx
        .insertInto('webhook_endpoints')
        .values({
          id,
          user_id: userId,
          url: `https://hooks.test/of-${userId}`,
          event_types: ['job.completed'],
          sealed_secrets: [Buffer.from('none')],
        })
        .execute();
      await tx
        .insertInto('webhook_deliveries')
        .values({ id: deliveryId, endpoint_id: id, event_id: randomUUIDv7(), event_type: 'job.completed', payload: '{}', state: 'failed' })
        .execute();
    });
    return { id, delivery_id: deliveryId };
  },
};

/** A deployment that users had, with all that belongs to one, of an application of its own. */
async function makeDeployment(service: TestApp, userId: string): Promise<Record<'id' | 'applicationId' | 'releaseId', string>> {
  const [applicationId, id, releaseId] = [randomUUIDv7(), randomUUIDv7(), randomUUIDv7()];
  // Whoever asks is known from then on.
  await fetch(`${service.url}/api/v2/applications`, { headers: await service.asUser(userId) });
  await inTenantOf(service, userId, async (tx) => {
    const name = `of-${userId}-${applicationId.slice(-12)}`;
    await tx
      .insertInto('applications')
      .values({
        id: applicationId,
        user_id: userId,
        name,
        label: name,
        target: 'process',
        last_deployment_number: 1,
        last_release_number: 1,
      })
      .execute();
    await tx
      .insertInto('deployments')
      .values({
        id,
        application_id: applicationId,
        user_id: userId,
        number: 1,
        repo_url: `https://git.example.com/of-${userId}.git`,
        git_sha: '0'.repeat(40),
        status: 'STOPPED',
        release_id: releaseId,
      })
      .execute();
    await tx
      .insertInto('releases')
      .values({
        id: releaseId,
        application_id: applicationId,
        deployment_id: id,
        number: 1,
        git_sha: '0'.repeat(40),
        artifact: JSON.stringify({ kind: 'directory', path: `/of-${userId}`, digest: `sha256:${'0'.repeat(64)}` }),
        spec: JSON.stringify({ variables: [`OF_${userId}`] }),
        sealed_env: Buffer.from('none'),
        was_good: true,
      })
      .execute();
    await tx
      .insertInto('builds')
      .values({ id: randomUUIDv7(), deployment_id: id, build_logs: `Built for ${userId}` })
      .execute();
    await tx.insertInto('infrastructure').values({ id: randomUUIDv7(), deployment_id: id }).execute();
    await tx
      .insertInto('application_env')
      .values({ id: randomUUIDv7(), application_id: applicationId, name: `OF_${userId}`, sealed_value: Buffer.from('none') })
      .execute();
    await tx
      .insertInto('domains')
      .values({ id: randomUUIDv7(), application_id: applicationId, name: `${applicationId}.of-${userId}.example.com` })
      .execute();
  });
  return { id, applicationId, releaseId };
}

async function inTenantOf({ database }: TestApp, userId: string, work: (tx: Tx) => Promise<unknown>): Promise<void> {
  const { tenant_id } = await database.asSystem((tx) =>
    tx.selectFrom('tenants').select('tenant_id').where('user_id', '=', userId).executeTakeFirstOrThrow(),
  );
  await database.asTenant(tenant_id, work);
}

function collectionOf(path: string): string {
  if (path.startsWith('/api/v1/uploads/')) return 'report-uploads';
  return /^\/(?:api\/v1\/jobs|ws)\//.test(path) ? 'imports' : (/^\/api\/v2\/([^/]+)/.exec(path)?.[1] ?? '');
}

/** The ids that an address of this path needs. */
export async function createResource(service: TestApp, path: string, userId: string): Promise<Readonly<Record<string, string>>> {
  const collection = collectionOf(path);
  const create = resources[collection] ?? assert.fail(`test-resources.ts does not know how to make one of ${collection}`);
  return create(service, userId);
}

async function post(service: TestApp, userId: string, path: string, body: unknown): Promise<unknown> {
  const answer = await fetch(service.url + path, {
    method: 'POST',
    headers: { ...(await service.asUser(userId)), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.ok(answer.ok, `${path} answered ${answer.status}`);
  return answer.json();
}
