// The floor of the API: the SQL that `POST /jobs` and `GET /jobs/{id}` need, by hand behind a bare Fastify: no authentication, validation, limits,
// logs, metrics or schemas, and hashes and payloads that are constants. bare-api-main.ts DATABASE_URL; prints the port.
import { randomUUIDv7 } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { fastify } from 'fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Pool } from 'pg';
import type { PoolClient } from 'pg';

const pool = new Pool({ connectionString: process.argv[2], max: 10 });
const server = fastify();

async function inTenant<T>(tenantId: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query(`begin; set local deployguard.tenant_id = '${tenantId}'; set local statement_timeout = '60s'`);
    const result = await work(client);
    await client.query('commit');
    return result;
  } finally {
    client.release();
  }
}

async function createJob(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const { source_platform: platform, source_url: url } = request.body as Record<string, string>;
  const [id, taskId] = [randomUUIDv7(), randomUUIDv7()];
  await inTenant(request.headers['x-tenant'] as string, async (client) => {
    await client.query(
      `insert into jobs (id, user_id, source_platform, source_url, source_branch, source_credentials_id, source_id, current_step, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning *`,
      [id, 'bench', platform, url, null, null, null, 'Waiting for a worker', new Date(Date.now() + 604_800_000)],
    );
    await client.query(
      `with task as (
         insert into tasks (id, kind, queue, subject, input, max_failures, run_at, rung_at)
         values ($1, $2, $3, $4, $5, $6, now(), now()) returning tenant_id, id, kind, queue
       ), announced as (
         insert into outbox (tenant_id, id, kind, queue) select tenant_id, id, kind, queue from task returning id
       )
       select pg_notify('deployguard_outbox', '') from announced`,
      [taskId, 'job.scan', 'scan', id, '{}', 3],
    );
    await client.query(
      `with head as (
         insert into event_heads (subject, last_sequence) values ($1, 1)
         on conflict (tenant_id, subject) do update set last_sequence = event_heads.last_sequence + 1, updated_at = now()
         returning tenant_id, last_sequence
       ), written as (
         insert into events (subject, sequence, kind, data) select $1, head.last_sequence, 'state', '{"status":"pending"}' from head
       )
       select last_sequence, pg_notify('deployguard_events', tenant_id || '/' || $1) from head`,
      [id],
    );
    const { rows } = await client.query(
      `insert into audit_heads (seq, hash) values (0, $1) on conflict (tenant_id) do update set tenant_id = audit_heads.tenant_id
       returning tenant_id, seq, hash`,
      ['0'.repeat(64)],
    );
    const head = rows[0] as { tenant_id: string; seq: string; hash: string };
    await client.query(
      `with head as (update audit_heads set seq = $1, hash = $2 where tenant_id = $3)
       insert into audit_logs (id, seq, job_id, user_id, action, details, ip, request_id, created_at, prev_hash, hash)
       values ($4, $1, $5, $6, $7, $8, $9, $10, now(), $11, $2)`,
      [Number(head.seq) + 1, '1'.repeat(64), head.tenant_id, randomUUIDv7(), id, 'bench', 'job_created', '{}', null, null, head.hash],
    );
  });
  reply.code(202);
  return { id, status: 'pending', progress_percent: 0 };
}

async function readJob(request: FastifyRequest): Promise<unknown> {
  const { id } = request.params as { id: string };
  const rows = await inTenant(request.headers['x-tenant'] as string, async (client) => {
    const result = await client.query(
      `select jobs.*, coalesce(task.percent, jobs.progress_percent) as progress_percent, coalesce(task.step, jobs.current_step) as current_step
       from jobs left join lateral (
         select progress_percent as percent, current_step as step from tasks
         where tenant_id = jobs.tenant_id and subject = jobs.id::text and state = 'running' and kind <> 'job.delete-files'
           and jobs.status in ('pending', 'scanning', 'cleaning', 'pushing')
         order by created_at desc limit 1
       ) task on true
       where jobs.id = $1`,
      [id],
    );
    return result.rows;
  });
  return { job: rows[0] as unknown, secrets: [] };
}

server.route({ method: 'POST', url: '/jobs', handler: createJob });
server.route({ method: 'GET', url: '/jobs/:id', handler: readJob });

await server.listen({ host: '127.0.0.1', port: 0 });
console.log((server.server.address() as AddressInfo).port);
