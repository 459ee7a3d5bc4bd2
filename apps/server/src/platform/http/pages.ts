import type { JsonObject } from '@deployguard/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isEqualText } from '../auth/is-equal-text.ts';
import type { Metrics } from '../telemetry/index.ts';
import { notFoundError } from './api-error.ts';
import { buildDocsPage, docsStyle } from './docs-page.ts';
import { isLoopback } from './origin.ts';

interface PagesOptions {
  readonly describe: () => JsonObject;
  readonly metrics: Metrics;
  readonly metricsToken: string | undefined;
}

/** What is beside the API: its description for programs and people, and the metrics for the operator. */
export function registerPages(server: FastifyInstance, { describe, metrics, metricsToken }: PagesOptions): void {
  server.get('/openapi.json', async () => describe());
  server.get('/docs', async (_, reply) => reply.type('text/html; charset=utf-8').send(buildDocsPage(describe())));
  server.get('/docs/style.css', async (_, reply) => reply.type('text/css; charset=utf-8').send(docsStyle));
  server.get('/metrics', async (request, reply) => {
    if (!mayReadMetrics(request, metricsToken)) throw notFoundError('page');
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
}

/** They tell of all tenants: for those on this machine, not for those behind a proxy on it, and for who has the operator's token. */
function mayReadMetrics({ raw }: FastifyRequest, token: string | undefined): boolean {
  if (token !== undefined && isEqualText(raw.headers.authorization ?? '', `Bearer ${token}`)) return true;
  return token === undefined && raw.headers['x-forwarded-for'] === undefined && isLoopback(raw.socket.remoteAddress ?? '');
}
