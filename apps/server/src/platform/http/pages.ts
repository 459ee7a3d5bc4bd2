import type { JsonObject } from '@deployguard/contracts';
import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../telemetry/index.ts';
import { notFoundError } from './api-error.ts';
import { buildDocsPage, docsStyle } from './docs-page.ts';
import { mayReadMetrics } from './metrics-access.ts';

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
    if (!mayReadMetrics(request.raw, metricsToken)) throw notFoundError('page');
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
}
