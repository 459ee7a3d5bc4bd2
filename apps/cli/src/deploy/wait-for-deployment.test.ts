import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import type { Deployment } from '@deployguard/contracts';
import { createServerClient } from '../client/server-client.ts';
import type { CliContext } from '../context.ts';
import { createTerminal } from '../terminal/terminal.ts';
import { waitForDeployment } from './wait-for-deployment.ts';

test(
  'whoever waits for a deployment whose application is destroyed meanwhile waits no longer than a silence',
  { timeout: 20_000 },
  async (t) => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url!.replace(/.*\//, ''));
      // Its events do not end, and nothing more is said in them.
      if (request.url!.endsWith('/logs'))
        return void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': still here\n\n');
      response.writeHead(404, { 'content-type': 'application/problem+json' });
      response.end(
        JSON.stringify({ type: 'x', title: 'x', status: 404, detail: 'None.', instance: '/', code: 'NOT_FOUND', requestId: '1' }),
      );
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    const signal = AbortSignal.timeout(15_000);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = createServerClient({ url, apiKey: 'key', trustedCertificates: [] }, { signal, userAgent: 'test' });
    const context = { stderr: createTerminal(new PassThrough(), {}), signal } as unknown as CliContext;
    const deployment = { id: '019c5d8e-0000-7000-8000-000000000001', application: 'shop', number: 1, status: 'DEPLOYING' } as Deployment;

    const ended = await waitForDeployment(client, deployment, context, { isQuiet: false, silenceSeconds: 0.2 });

    assert.deepEqual([ended.status, context.goesOn], ['DESTROYED', undefined]);
    assert.deepEqual(asked, ['logs', deployment.id]);
  },
);
