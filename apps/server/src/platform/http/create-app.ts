import compress from '@fastify/compress';
import cors from '@fastify/cors';
import websocket from '@fastify/websocket';
import { buildOpenApi } from '@deployguard/contracts';
import type { JsonObject, Operation } from '@deployguard/contracts';
import { LogController, fastify } from 'fastify';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify';
import type { Server } from 'node:http';
import type { Server as TlsServer } from 'node:tls';
import type { Actor } from '../auth/actor.ts';
import type { Database } from '../database/index.ts';
import { insideSpan } from '../telemetry/index.ts';
import type { Logger, Metrics, Span, Tracing } from '../telemetry/index.ts';
import { createApi } from './api.ts';
import type { Api } from './api.ts';
import { readClientAddress } from './client-address.ts';
import { registerDownloads } from './downloads.ts';
import type { Downloads } from './downloads.ts';
import { cutUpgrades } from './cut-upgrades.ts';
import { answerUnreadable, handleUnknownRoutes, sendProblem } from './error-handlers.ts';
import type { Feature } from './feature.ts';
import type { GuardOptions } from './guard.ts';
import { assertLoopbackHost, isLoopback } from './origin.ts';
import { registerPages } from './pages.ts';
import { readRequestId } from './request-id.ts';
import { buildSecurityHeaders } from './security-headers.ts';
import type { StreamOptions } from './streams/open-stream.ts';
import { keepTlsFresh, loadTls } from './tls.ts';
import type { TlsFiles, TlsOptions } from './tls.ts';

declare module 'fastify' {
  interface FastifyRequest {
    actor?: Actor;
    span?: Span;
  }
}

export interface AppOptions extends GuardOptions {
  readonly database: Pick<Database, 'asTenant'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Where requests are told as spans. Default: nowhere. */
  readonly tracing?: Tracing | undefined;
  /** How many proxies stand in front: that many entries of `X-Forwarded-For` are believed. Default 0. */
  readonly trustedProxies?: number;
  readonly tls?: TlsFiles;
  /** Lets a bearer read `/metrics` from elsewhere than this machine. */
  readonly metricsToken?: string;
  /** Default 1 MiB. */
  readonly maxBodyBytes?: number;
  /** Default 2 GiB. */
  readonly maxUploadBytes?: number;
  /** For the headers, for a body, and between two parts of an upload. Default 20. */
  readonly slowClientSeconds?: number;
  readonly streams?: StreamOptions;
  /** Files that are served here, where nothing else does it. */
  readonly downloads?: Downloads;
}

/** The HTTP side of the service: features are added to it, then it listens. */
export interface App extends Api {
  /** The OpenAPI document of what was added. */
  describe(): JsonObject;
  listen(address: { readonly host: string; readonly port: number }): Promise<{ readonly url: string }>;
  /** Takes no more requests, ends streams, and waits for what runs; after the time, connections are cut. */
  close(graceSeconds?: number): Promise<void>;
}

export async function createApp(options: AppOptions): Promise<App> {
  assertSafeOrigins(options);
  const tls = options.tls === undefined ? undefined : await loadTls(options.tls);
  const server = fastify(buildServerOptions(options, tls));
  const operations: Operation[] = [];

  server.decorateRequest('actor');
  server.decorateRequest('span');
  server.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
  // Node would answer 417 by itself, without a word. Whoever expects something that we do not know may get it all the same (RFC 9110, 10.1.1).
  server.server.on('checkExpectation', (request, response) => server.server.emit('request', request, response));
  readBodies(server);
  watchRequests(server, options);
  if (options.isLocalOnly) refuseOtherNames(server);
  if (options.tracing !== undefined) traceRequests(server, options.tracing);
  await server.register(cors, {
    origin: options.allowedOrigins.includes('*') ? '*' : [...options.allowedOrigins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: ['Location', 'RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Request-ID'],
    maxAge: 600,
    // Its refusals would be plain text. OPTIONS without a question of a browser is answered like any other.
    strictPreflight: false,
  });
  await server.register(compress, { global: true, threshold: 1024, encodings: ['br', 'gzip', 'identity'], globalDecompression: false });
  await server.register(websocket, { options: { maxPayload: 4096, handleProtocols: chooseProtocol }, preClose: (done) => done() });
  cutUpgrades(server, options.slowClientSeconds ?? 20);
  handleUnknownRoutes(server, operations);

  const describe = (): JsonObject => describeApi(operations);
  registerPages(server, { describe, metrics: options.metrics, metricsToken: options.metricsToken });
  if (options.downloads !== undefined) registerDownloads(server, options.downloads);
  const { api, endStreams } = createApi(server, operations, options);
  server.addHook('preClose', async () => endStreams());

  const freshTls =
    options.tls === undefined
      ? undefined
      : keepTlsFresh(server.server as unknown as TlsServer, options.tls, (error) =>
          error === undefined
            ? options.logger.info('renewed certificate in use')
            : options.logger.error({ err: error }, 'certificate files cannot be used'),
        );

  return {
    ...api,
    describe,
    async listen({ host, port }) {
      assertMayListen(options, host);
      return { url: await server.listen({ host, port }) };
    },
    async close(graceSeconds = 20) {
      freshTls?.stop();
      const cut = setTimeout(() => server.server.closeAllConnections(), graceSeconds * 1000);
      // Connections whose answer began before would be kept for another request that cannot come.
      const sweep = setInterval(() => server.server.closeIdleConnections(), 100);
      await server.close();
      clearTimeout(cut);
      clearInterval(sweep);
    },
  };
}

/** Adds what a feature offers to the app. */
export function registerFeature(app: App, feature: Feature): void {
  feature.register(app);
}

/** The OpenAPI document of the operations. */
export function describeApi(operations: readonly Operation[]): JsonObject {
  return buildOpenApi(operations, {
    title: 'DeployGuard API',
    version: '2.0.0',
    description: 'Scans repositories for secrets, rewrites their history without them, and proves it.',
  });
}

function buildServerOptions(options: AppOptions, tls: TlsOptions | undefined): FastifyServerOptions<Server> {
  const { trustedProxies = 0, slowClientSeconds = 20 } = options;
  const connections = { headersTimeout: slowClientSeconds * 1000, maxHeaderSize: 16_384, connectionsCheckingInterval: 1000 };
  return {
    loggerInstance: options.logger as FastifyBaseLogger,
    genReqId: readRequestId,
    requestIdHeader: false,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    trustProxy: (_: string, hop: number) => hop < trustedProxies,
    bodyLimit: options.maxBodyBytes ?? 1_048_576,
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    // Fastify looks at one of the two.
    ...(tls === undefined ? { http: connections } : { https: { ...connections, ...tls } }),
    frameworkErrors: (error, request, reply) => sendProblem(error, request, setCommonHeaders(request, reply)),
    clientErrorHandler: answerUnreadable,
  } as FastifyServerOptions<Server>;
}

/** JSON only, strictly: nothing may reach for a prototype. No body at all is `undefined`. */
function readBodies(server: FastifyInstance): void {
  // `curl -d ''` says what sort of nothing it sends.
  server.addHook('onRequest', async ({ headers }) => {
    const { 'content-length': length = '0', 'transfer-encoding': coding } = headers;
    if (length === '0' && coding === undefined) delete headers['content-type'];
  });
  const parseJson = server.getDefaultJsonParser('error', 'error');
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else void parseJson(request, body as string, done);
  });
}

function watchRequests(server: FastifyInstance, { logger, metrics }: AppOptions): void {
  server.addHook('onRequest', async (request, reply) => {
    setCommonHeaders(request, reply);
  });
  server.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    const status = reply.statusCode;
    metrics.observeRequest({ method: request.method, route, status, seconds: reply.elapsedTime / 1000 });
    const { tenantId, userId } = request.actor ?? {};
    logger.info(
      {
        requestId: request.id,
        method: request.method,
        route,
        status,
        ip: readClientAddress(request),
        milliseconds: Math.round(reply.elapsedTime),
        tenantId,
        userId,
        traceId: request.span?.traceparent.split('-')[1],
      },
      'request answered',
    );
  });
}

/** Of everything that is served here, pages and unknown paths included: a page that cannot be read tells nothing of others. */
function refuseOtherNames(server: FastifyInstance): void {
  server.addHook('onRequest', async ({ headers }) => assertLoopbackHost(headers.host));
}

/** Each request is a span, of the caller's trace if it names one. */
function traceRequests(server: FastifyInstance, tracing: Tracing): void {
  server.addHook('onRequest', async (request) => {
    const { method, headers } = request;
    const name = `${method} ${request.routeOptions.url ?? 'none'}`;
    request.span = tracing.startSpan({ name, kind: 'server', parent: headers['traceparent'] as string | undefined });
  });
  // Not sooner: a body comes by events of the connection, which is older than the request.
  server.addHook('preHandler', (request, _, done) => insideSpan(tracing, request.span!, done));
  server.addHook('onResponse', async (request, { statusCode }) => {
    request.span!.end({
      isError: statusCode >= 500,
      attributes: {
        'http.request.method': request.method,
        'http.route': request.routeOptions.url ?? 'none',
        'http.response.status_code': statusCode,
        'deployguard.request.id': request.id,
      },
    });
  });
}

function setCommonHeaders(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.headers(buildSecurityHeaders(request.protocol === 'https')).header('x-request-id', request.id);
}

/** The one that names our events; never the one that carries a token, for it would be sent back. */
function chooseProtocol(offered: Set<string>): string | false {
  return offered.has('deployguard.events') ? 'deployguard.events' : false;
}

/** A page of any site could use a service that asks for no credentials. */
function assertSafeOrigins({ isLocalOnly, allowedOrigins }: AppOptions): void {
  if (isLocalOnly && allowedOrigins.includes('*')) {
    throw new Error(
      'CORS_ORIGINS=* cannot be combined with running without authentication. Name the origins, or configure authentication.',
    );
  }
}

function assertMayListen({ isLocalOnly }: AppOptions, host: string): void {
  if (isLocalOnly && host !== 'localhost' && !isLoopback(host)) {
    throw new Error(`Without authentication the service listens on this machine only, not on ${host}. Configure authentication first.`);
  }
}
