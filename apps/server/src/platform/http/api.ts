import type { Operation } from '@deployguard/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions, onRequestHookHandler } from 'fastify';
import { Readable } from 'node:stream';
import type { TSchema } from 'typebox';
import type { Database } from '../database/index.ts';
import type { Metrics } from '../telemetry/index.ts';
import { ApiError } from './api-error.ts';
import { limitBodyTime } from './body-deadline.ts';
import type { Call, Caller, Handler } from './call.ts';
import { readClientAddress } from './client-address.ts';
import { createGuard } from './guard.ts';
import type { GuardOptions } from './guard.ts';
import { createIdempotencyHooks, toRequestClaim } from './idempotency/hooks.ts';
import type { OpenStream, SpeakDialect, StreamOptions } from './streams/open-stream.ts';
import { createStreamRoutes } from './streams/stream-route.ts';
import { compileValidator } from './validate.ts';

/** Where features put their operations. */
export interface Api {
  /** Adds an operation: what it declares (scope, schemas, limits, idempotency) is done before the handler runs. */
  add<const O extends Operation>(operation: O, handler: Handler<O>): void;
  /** Adds an operation whose answer is a stream of events, in words of its own where there is a dialect. */
  addStream<const O extends Operation>(operation: O, open: OpenStream<O>, speak?: SpeakDialect<O>): void;
}

export interface ApiOptions extends GuardOptions {
  readonly database: Pick<Database, 'asTenant'>;
  readonly metrics: Metrics;
  readonly maxUploadBytes?: number;
  readonly slowClientSeconds?: number;
  readonly streams?: StreamOptions;
}

type RouteParts = Pick<RouteOptions, 'handler'> & Partial<RouteOptions>;

/** Turns operations into routes, and keeps the list of them. */
export function createApi(
  server: FastifyInstance,
  operations: Operation[],
  options: ApiOptions,
): { readonly api: Api; readonly endStreams: () => void } {
  const maxUploadBytes = options.maxUploadBytes ?? 2 ** 31;
  const guard = createGuard(options);
  const idempotency = createIdempotencyHooks(options.database);
  const streams = createStreamRoutes(options);

  function addRoute(operation: Operation, parts: RouteParts): void {
    operations.push(operation);
    server.register(async (scope) => {
      if (operation.upload !== undefined) acceptUploads(scope, operation.upload, maxUploadBytes);
      scope.route({
        method: operation.method,
        url: operation.path.replaceAll(/\{([^{}]+)\}/g, ':$1'),
        schema: { response: listJsonAnswers(operation) },
        exposeHeadRoute: operation.streams !== true,
        ...(operation.upload === undefined ? {} : { bodyLimit: maxUploadBytes }),
        ...parts,
        onRequest: buildGuardHook(operation),
        preHandler: [buildValidation(operation), ...[parts.preHandler ?? []].flat()],
      } as RouteOptions);
    });
  }

  function buildGuardHook(operation: Operation): onRequestHookHandler {
    const seconds = options.slowClientSeconds ?? 20;
    return async (request, reply) => {
      limitBodyTime(request, reply, { isUpload: operation.upload !== undefined, seconds });
      await guard(operation, request, reply);
    };
  }

  return {
    api: {
      add(operation, handler) {
        addRoute(operation, {
          handler: buildHandler(operation, handler),
          ...(operation.idempotent
            ? {
                preHandler: async (request, reply) => idempotency.beforeHandler(operation, request, reply),
                onSend: async (request, reply, payload) => idempotency.beforeSend(operation, request, reply, payload),
              }
            : {}),
        });
      },
      addStream(operation, open, speak) {
        addRoute(operation, streams.buildRoute(operation, open, speak) as RouteParts);
      },
    },
    endStreams: streams.endAll,
  };
}

function acceptUploads(scope: FastifyInstance, mediaType: string, maxBytes: number): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(mediaType, (_, payload, done) => {
    done(null, Readable.from(takeBytes(payload as Readable, maxBytes), { objectMode: false }));
  });
}

/** A body in chunks does not say how long it is. What nobody wants any more is read all the same: the next request comes behind it. */
async function* takeBytes(payload: Readable, maxBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  try {
    for await (const chunk of payload.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new ApiError('BODY_TOO_LARGE', 'The body is too large.');
      yield chunk;
    }
  } finally {
    payload.resume();
  }
}

/** The schemas that answers are written by: what they do not name is left out, whatever a handler returns. */
function listJsonAnswers(operation: Operation): Record<string, TSchema> {
  if (operation.files !== undefined || operation.streams) return {};
  return Object.fromEntries(Object.entries(operation.answers).filter(([, schema]) => (schema as { type?: unknown }).type !== 'null'));
}

function buildValidation({ params, query, body, upload }: Operation) {
  const validateParams = compileValidator(params ?? nothing, 'params');
  const validateQuery = compileValidator(query ?? nothing, 'query');
  const validateBody = body === undefined || upload !== undefined ? undefined : compileValidator(body, 'body');
  return async (request: FastifyRequest): Promise<void> => {
    request.params = validateParams(request.params);
    request.query = validateQuery(request.query);
    if (upload !== undefined) request.body ??= Readable.from([]);
    // A body whose properties are all optional may be left out.
    if (validateBody !== undefined) request.body = validateBody(request.body ?? {});
  };
}

const nothing = { type: 'object', properties: {}, additionalProperties: false } as TSchema;

function buildHandler<const O extends Operation>(operation: O, handler: Handler<O>) {
  const usualStatus = Number(Object.keys(operation.answers)[0]);
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    reply.code(usualStatus);
    const call = {
      params: request.params,
      query: request.query,
      body: request.body as Readable,
      caller: toCaller(request),
      contentType: request.headers['content-type'] ?? '',
      reachedAt: `${request.protocol}://${request.host}`,
      signal: abortWith(reply),
      idempotency: toRequestClaim(operation, usualStatus, request),
    } as unknown as Call<O>;
    const answer = await handler(call, reply);
    // Whoever waits for a reply that is sent gets nothing.
    return reply.sent ? reply : (answer ?? reply.send());
  };
}

function toCaller(request: FastifyRequest): Caller | undefined {
  if (request.actor === undefined) return undefined;
  return { actor: request.actor, ip: readClientAddress(request), requestId: request.id };
}

function abortWith(reply: FastifyReply): AbortSignal {
  const abort = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) abort.abort();
  });
  return abort.signal;
}
