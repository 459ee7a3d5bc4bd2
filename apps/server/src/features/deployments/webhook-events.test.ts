import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { WebhookWithSecret } from '@deployguard/contracts';
import { anApplication, quickly } from '../../../test/an-application.ts';
import { startDeploymentsService } from '../../../test/start-deployments-service.ts';
import type { DeploymentsService } from '../../../test/start-deployments-service.ts';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const limit = { timeout: 240_000 };
const received: Received[] = [];
/** What applications ask whether they may start. */
let gateStatus = 204;
const receiver = createServer(async (request, response) => {
  if (request.method === 'GET') return void response.writeHead(gateStatus).end();
  received.push({ headers: request.headers, body: await text(request) });
  response.writeHead(204).end();
});
let service: DeploymentsService;

before(async () => {
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  service = await startDeploymentsService({ environment: { DEPLOYGUARD_EGRESS_ALLOW: '127.0.0.1' } });
  await service.startWorker();
});
after(async () => {
  await service.stop();
  receiver.close();
});

const addressOf = (path: string): string => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}${path}`;

async function subscribe(events: readonly string[]): Promise<WebhookWithSecret> {
  const url = addressOf('/alert');
  const { status, json, text: answer } = await service.call('POST', '/api/v2/webhooks', { url, events });
  assert.equal(status, 201, answer);
  return json as unknown as WebhookWithSecret;
}

async function waitForEvent(type: string, deploymentId: string): Promise<Received> {
  for (;;) {
    const found = received.find(({ body }) => body.includes(`"type":"${type}"`) && body.includes(deploymentId));
    if (found !== undefined) return found;
    await delay(20);
  }
}

/** What the event says, once its signature is that of the webhook. */
function openEvent({ headers, body }: Received, { secret }: WebhookWithSecret): Record<string, unknown> {
  const [id, at] = [String(headers['webhook-id']), String(headers['webhook-timestamp'])];
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64');
  assert.deepEqual([headers['webhook-signature'], headers['content-type']], [`v1,${signature}`, 'application/json']);
  assert.ok(Math.abs(Date.now() / 1000 - Number(at)) < 300);
  const { type, timestamp, data, ...rest } = JSON.parse(body) as { type: string; timestamp: string; data: Record<string, unknown> };
  assert.deepEqual([new Date(timestamp).toISOString(), rest], [timestamp, {}]);
  return { type, ...data };
}

test('whoever watches deployments is told, signed, that users have a release, and that they could not be led back', limit, async () => {
  const webhook = await subscribe(['deployment.exposed', 'deployment.rollback_failed', 'deployment.failed', 'deployment.stopped']);
  const listen = `require('node:http').get('${addressOf('/gate')}', ({ statusCode }) =>
    statusCode === 204 ? server.listen(process.env.PORT) : process.exit(7))`;
  const deploy = async (version: string, status: string): Promise<string> => {
    const id = await service.deploy('alerting', anApplication(version, { listen }), { config: { application: quickly } });
    assert.equal((await service.waitFor(id, 'EXPOSED', 'FAILED')).status, status);
    await service.settle('alerting');
    return id;
  };
  const first = await deploy('one', 'EXPOSED');
  const second = await deploy('two', 'EXPOSED');
  const { application_id: applicationId, external_url: url } = await service.get(second);

  gateStatus = 503;
  await service.call('POST', `/api/v2/deployments/${second}/rollback`, {});
  await service.waitFor(second, 'ROLLED_BACK', 'ROLLBACK_FAILED');
  await service.settle('alerting');
  const failing = await deploy('three', 'FAILED');

  const open = async (type: string, id: string) => openEvent(await waitForEvent(type, id), webhook);
  const crashed = { code: 'CRASHED', message: 'The application ended by itself (exit code 7). It printed nothing.' };
  const about = { application_id: applicationId };
  const exposed = { type: 'deployment.exposed', status: 'EXPOSED', ...about, external_url: url };
  assert.deepEqual(await open('deployment.exposed', first), { ...exposed, deployment_id: first });
  assert.deepEqual(await open('deployment.stopped', first), {
    type: 'deployment.stopped',
    deployment_id: first,
    status: 'STOPPED',
    ...about,
    replaced: true,
  });
  assert.deepEqual(await open('deployment.exposed', second), { ...exposed, deployment_id: second });
  assert.deepEqual(await open('deployment.rollback_failed', second), {
    type: 'deployment.rollback_failed',
    deployment_id: second,
    status: 'ROLLBACK_FAILED',
    ...about,
    error: crashed,
  });
  assert.deepEqual(await open('deployment.failed', failing), {
    type: 'deployment.failed',
    deployment_id: failing,
    status: 'FAILED',
    ...about,
    step: 'healthy',
    error: crashed,
  });
  // Nobody asked for those on the way.
  assert.equal(received.length, 5);
});
