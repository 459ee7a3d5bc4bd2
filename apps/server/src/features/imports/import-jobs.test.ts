import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ImportMessage } from '@deployguard/contracts';
import { collect } from '@deployguard/testkit';
import { printTrivyReport, startImportsService } from '../../../test/start-imports-service.ts';
import type { ImportsService } from '../../../test/start-imports-service.ts';
import type { TaskDefinition } from '../../platform/tasks/index.ts';

// The jobs of reports: their lists and logs, following and cancelling them.

const limit = { timeout: 600_000 };
let service: ImportsService;

before(async () => {
  service = await startImportsService();
  await service.run(printTrivyReport(1), {});
  await service.run('{"hello":"world"}', {});
});
after(() => service.stop());

test('the log of a job is read in pages, from where one stopped', limit, async () => {
  const { job_id: id } = await service.upload(printTrivyReport(2), { assessment_name: 'logged' });
  const { recent_logs: recent } = await service.waitForEnd(id);

  const { json: all } = await service.call('GET', `/api/v1/jobs/${id}/logs`);
  const { json: first } = await service.call('GET', `/api/v1/jobs/${id}/logs?limit=1`);
  const { json: rest } = await service.call('GET', `/api/v1/jobs/${id}/logs?after=${String(first['next_after'])}`);

  const messages = ({ lines }: Record<string, unknown>): string[] => (lines as { message: string }[]).map(({ message }) => message);
  assert.ok(recent.length > 1);
  assert.deepEqual([messages(all), all['next_after']], [recent, null]);
  assert.deepEqual([...messages(first), ...messages(rest)], recent);
});

test('a job that has ended cannot be cancelled, and one that there is not is not found', limit, async () => {
  const { json } = await service.call('GET', '/api/v1/jobs?status=completed&page_size=1');
  const [job] = json['jobs'] as { job_id: string }[];

  const ended = await service.call('DELETE', `/api/v1/jobs/${job!.job_id}`);
  const absent = await service.call('DELETE', '/api/v1/jobs/job-000000000000');

  assert.deepEqual([ended.status, absent.status], [400, 404]);
  assert.equal(ended.json['code'], 'ALREADY_ENDED');
});

test('jobs are listed by page and state, newest first', limit, async () => {
  const { json: all } = await service.call('GET', '/api/v1/jobs');
  const { json: second } = await service.call('GET', '/api/v1/jobs?page_size=1&page=2');
  const { json: failed } = await service.call('GET', '/api/v1/jobs?status=failed&page_size=100');
  const { json: none } = await service.call('GET', '/api/v1/jobs?status=unheard-of');
  const { status } = await service.call('GET', '/api/v1/jobs?page=0');

  const ids = (all['jobs'] as { job_id: string }[]).map(({ job_id: id }) => id);
  const times = (all['jobs'] as { created_at: string }[]).map(({ created_at: at }) => at);
  assert.deepEqual([second['page'], second['page_size'], (second['jobs'] as { job_id: string }[])[0]!.job_id], [2, 1, ids[1]]);
  assert.deepEqual(times, times.toSorted().toReversed());
  assert.ok((failed['jobs'] as { status: string }[]).every((job) => job.status === 'failed'));
  assert.equal(failed['total'], (failed['jobs'] as unknown[]).length);
  assert.deepEqual([none['total'], none['jobs'], status], [0, [], 422]);
});

test('a job is followed from the beginning to its end, asked for its state, and told to its webhook, signed', limit, async () => {
  const hook = await startReceiver();
  const secret = randomBytes(24);
  const { job_id: id } = await service.upload(printTrivyReport(2), {
    assessment_name: 'followed',
    webhook_url: hook.url,
    webhook_headers: '{"X-Pipeline":"42","Authorization":"Bearer of-the-hook"}',
    webhook_secret: `whsec_${secret.toString('base64')}`,
  });

  const live = await follow(id, ['{"command":"get_status"}', '{"command":"ping"}', 'no command']);
  const late = await follow(id);
  const resumed = await follow(id, [], '?from_sequence=3');
  const { headers, body } = await hook.received;

  const kept = live.messages.filter(({ sequence }) => sequence !== undefined);
  assert.deepEqual(live.messages[0]!.type, 'connected');
  assert.ok(live.messages.every(({ job_id: job, timestamp }) => job === id && !Number.isNaN(Date.parse(timestamp))));
  assert.deepEqual(
    kept.map(({ sequence }) => sequence),
    kept.map((_, index) => index + 1),
  );
  const result = { assets_imported: 1, vulnerabilities_imported: 2, assessment_name: 'followed' };
  assert.deepEqual(kept.at(-1)!.data, { status: 'completed', progress: 100, ...result });
  assert.deepEqual([kept.at(-1)!.type, live.code], ['complete', 1000]);
  const status = live.messages.find(({ type }) => type === 'status')!.data as Record<string, unknown>;
  assert.deepEqual(Object.keys(status), ['status', 'progress', 'current_step', 'filename']);
  assert.ok(live.messages.some(({ type }) => type === 'pong'));
  assert.ok(kept.some(({ type }) => type === 'log') && kept.some(({ type }) => type === 'progress'));
  assert.deepEqual(late.messages.slice(1), kept);
  assert.deepEqual(resumed.messages.slice(1), kept.slice(2));

  const { timestamp, ...told } = JSON.parse(body) as Record<string, unknown>;
  assert.deepEqual(told, { job_id: id, status: 'completed', filename: 'report.json', scanner_type: 'trivy', success: true, ...result });
  assert.ok(!Number.isNaN(Date.parse(String(timestamp))));
  assert.deepEqual([headers['x-pipeline'], headers['authorization']], ['42', 'Bearer of-the-hook']);
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  assert.equal(headers['webhook-signature'], `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`);
  const kinds = await service.inTenant((tx) => tx.selectFrom('webhook_endpoints').selectAll().execute());
  assert.ok(!kinds.some(({ sealed_headers: sealed }) => sealed?.toString('latin1').includes('of-the-hook')));
  assert.deepEqual((await service.call('GET', '/api/v2/webhooks')).json['items'], []);
});

test('a job that is cancelled stops, waiting or at work, and nothing of what it brought stays', limit, async () => {
  await service.stopWorkers();
  const waiting = await service.upload(printTrivyReport(1), { assessment_name: 'cancelled' });
  const cancelled = await service.call('DELETE', `/api/v1/jobs/${waiting.job_id}`);
  const stored = Promise.withResolvers<void>();
  await service.startWorker((definition) => (definition.kind === 'import.run' ? pauseOnceStored(definition, stored.resolve) : definition));
  const working = await service.upload(printTrivyReport(3), { assessment_name: 'cancelled' });
  await stored.promise;
  const before = await service.countFindings('cancelled');

  const stopped = await service.call('DELETE', `/api/v1/jobs/${working.job_id}`);

  const followed = await follow(working.job_id);
  assert.deepEqual([cancelled.status, stopped.status, before], [204, 204, 3]);
  assert.deepEqual(
    [(await service.waitForEnd(waiting.job_id)).status, (await service.waitForEnd(working.job_id)).status],
    ['cancelled', 'cancelled'],
  );
  assert.deepEqual([followed.messages.at(-1)!.type, followed.code], ['error', 1000]);
  while ((await service.countFindings('cancelled')) > 0 || (await collect(service.platform.storage.list('uploads/'))).length > 0)
    await delay(50);
});

/** The attempt holds still once the rows of a report are in the database, until it is aborted. */
function pauseOnceStored(definition: TaskDefinition, onStored: () => void): TaskDefinition {
  return {
    ...definition,
    async handle(input, context) {
      await definition.handle(input, {
        ...context,
        async progress(percent, step) {
          await context.progress(percent, step);
          if (!step.startsWith('Storing findings')) return;
          onStored();
          if (!context.signal.aborted) await once(context.signal, 'abort');
        },
      });
    },
  };
}

interface Followed {
  readonly messages: ImportMessage[];
  readonly code: number;
}

/** Until the service closes the connection. */
async function follow(jobId: string, commands: readonly string[] = [], search = ''): Promise<Followed> {
  const token = (await service.app.asUser('alice'))['authorization']!.replace('Bearer ', '');
  const socket = new WebSocket(`${service.app.url.replace('http', 'ws')}/ws/${jobId}${search}`, ['deployguard.events', `bearer.${token}`]);
  const messages: ImportMessage[] = [];
  socket.addEventListener('open', () => commands.forEach((command) => socket.send(command)));
  socket.addEventListener('message', ({ data }) => messages.push(JSON.parse(String(data)) as ImportMessage));
  const [{ code }] = (await once(socket, 'close')) as [{ code: number }];
  return { messages, code };
}

/** Takes one request. */
async function startReceiver(): Promise<{ url: string; received: Promise<{ headers: IncomingHttpHeaders; body: string }> }> {
  const { promise: received, resolve } = Promise.withResolvers<{ headers: IncomingHttpHeaders; body: string }>();
  const server = createServer((request, response) => void take(request, response));
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    response.end(() => server.close());
    resolve({ headers: request.headers, body });
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received };
}
