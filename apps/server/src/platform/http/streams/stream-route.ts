import type { WebSocket } from '@fastify/websocket';
import type { Operation } from '@deployguard/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GuardOptions } from '../guard.ts';
import type { Metrics } from '../../telemetry/index.ts';
import { ApiError } from '../api-error.ts';
import { readClientAddress } from '../client-address.ts';
import { plainDialect } from './open-stream.ts';
import type { OpenStream, SpeakDialect, StreamCall, StreamDialect, StreamOptions, StreamSink, StreamedEvent } from './open-stream.ts';
import { pumpEvents } from './pump.ts';
import { createSseSink } from './sse-sink.ts';
import { createWebSocketSink } from './web-socket-sink.ts';

interface OpenedStream {
  readonly events: AsyncIterable<StreamedEvent>;
  readonly abort: AbortController;
  readonly dialect: StreamDialect;
}

declare module 'fastify' {
  interface FastifyRequest {
    stream?: OpenedStream;
  }
}

export interface StreamRouteOptions extends Pick<GuardOptions, 'authenticate'> {
  readonly metrics: Metrics;
  readonly streams?: StreamOptions;
}

/** Routes that stream events: as server-sent events, or over a WebSocket when the client asks for an upgrade. */
export function createStreamRoutes({ authenticate, metrics, streams = {} }: StreamRouteOptions) {
  const { heartbeatSeconds = 15, slowReaderSeconds = 30, maxBufferedBytes = 65_536, maxPerUser = 1000 } = streams;
  const open = new Set<AbortController>();
  const countByUser = new Map<string, number>();

  return {
    buildRoute<O extends Operation>(operation: O, openStream: OpenStream<O>, speak: SpeakDialect<O> = () => plainDialect) {
      return {
        /** Before the upgrade: refusals are plain answers on both transports. */
        async preHandler(request: FastifyRequest): Promise<void> {
          const abort = new AbortController();
          const { actor, id: requestId, params, query } = request;
          const ip = readClientAddress(request);
          const afterSequence = readAfterSequence(request);
          const call = { params, query, caller: { actor, ip, requestId }, afterSequence, signal: abort.signal } as unknown as StreamCall<O>;
          assertMayOpen(request);
          request.stream = { events: await openStream(call), abort, dialect: speak(call) };
        },
        handler(request: FastifyRequest, reply: FastifyReply): FastifyReply {
          const { sink, body } = createSseSink(request.stream!.dialect, maxBufferedBytes, slowReaderSeconds);
          reply.raw.once('close', () => request.stream!.abort.abort());
          void run(operation, request, sink, 'sse');
          return reply.header('x-accel-buffering', 'no').type('text/event-stream; charset=utf-8').send(body);
        },
        wsHandler(socket: WebSocket, request: FastifyRequest): void {
          socket.on('close', () => request.stream!.abort.abort());
          socket.on('error', () => request.stream!.abort.abort());
          const { dialect } = request.stream!;
          const sink = createWebSocketSink(socket, request.raw.socket, dialect, maxBufferedBytes, slowReaderSeconds);
          void run(operation, request, sink, 'websocket');
        },
      };
    },

    /** Tells all readers that the service stops; they come back to another replica with the sequence that they have. */
    endAll(): void {
      for (const abort of open) abort.abort('closing');
    },
  };

  /** A stream lasts longer than a window in which requests are counted. */
  function assertMayOpen(request: FastifyRequest): void {
    if ((countByUser.get(userOf(request)) ?? 0) < maxPerUser) return;
    throw new ApiError('RATE_LIMITED', `No more than ${maxPerUser} streams may be open at a time.`, { headers: { 'retry-after': '10' } });
  }

  async function run({ access }: Operation, request: FastifyRequest, sink: StreamSink, transport: 'sse' | 'websocket'): Promise<void> {
    const { events, abort } = request.stream!;
    const closeGauge = metrics.openStream(transport);
    const user = userOf(request);
    countByUser.set(user, (countByUser.get(user) ?? 0) + 1);
    open.add(abort);
    const { rawHeaders, socket } = request.raw;
    const end = await pumpEvents(events, sink, {
      heartbeatSeconds,
      abort,
      // Rights that were taken away end a stream that is open, too.
      isStillAllowed: async () => {
        const actor = await authenticate({ rawHeaders, remoteAddress: socket.remoteAddress ?? '' });
        return actor.tenantId === request.actor!.tenantId && (access === 'public' || actor.scopes.has(access));
      },
    });
    open.delete(abort);
    closeGauge();
    const left = countByUser.get(user)! - 1;
    if (left === 0) countByUser.delete(user);
    else countByUser.set(user, left);
    request.log.debug({ transport, end }, 'stream ended');
  }
}

function userOf({ actor }: FastifyRequest): string {
  return `${actor?.tenantId}:${actor?.userId}`;
}

/** `Last-Event-ID` of a browser that comes back wins over `from_sequence` of the address that it was opened with. */
function readAfterSequence(request: FastifyRequest): number {
  const header = request.headers['last-event-id'];
  if (header === undefined) return ((request.query as { from_sequence?: number }).from_sequence ?? 1) - 1;
  if (typeof header === 'string' && /^\d{1,16}$/.test(header)) return Number(header);
  throw new ApiError('INVALID', 'Last-Event-ID must be the sequence of an event.', {
    errors: [{ in: 'headers', path: '/Last-Event-ID', message: 'is no sequence' }],
  });
}
