import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { mayReadMetrics } from './metrics-access.ts';

export interface MonitorOptions {
  readonly host: string;
  readonly port: number;
  readonly registry: Registry;
  /** As for the API's `/metrics`. */
  readonly metricsToken: string | undefined;
}

export interface Monitor {
  readonly url: string;
  close(): Promise<void>;
}

/** `/health` and `/metrics` of a process that has no API. */
export async function openMonitor({ host, port, registry, metricsToken }: MonitorOptions): Promise<Monitor> {
  const server = createServer({ headersTimeout: 5000, requestTimeout: 5000 }, (request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (isRead && request.url === '/health') {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"healthy"}');
    } else if (isRead && request.url === '/metrics' && mayReadMetrics(request, metricsToken)) {
      const text = await registry.metrics();
      response.writeHead(200, { 'content-type': registry.contentType }).end(text);
    } else {
      response.writeHead(404).end();
    }
  }

  server.listen(port, host);
  await once(server, 'listening');
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host.replace(/^\[|\]$/g, '')}]` : host}:${taken}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
