import { once } from 'node:events';
import { isIP } from 'node:net';
import type { Socket } from 'node:net';
import type { Dispatcher, fetch } from 'undici';
import { connectChecked } from './connect-checked.ts';
import { EgressError } from './egress-error.ts';
import type { EgressPolicy } from './egress-policy.ts';

export interface CheckedFetchOptions {
  readonly policy: EgressPolicy;
  /** Certificates (PEM) of authorities that are trusted beside the public ones. */
  readonly trustedCertificates?: readonly string[];
  /** For all of a request, its answer's body included. Default 15. */
  readonly timeoutSeconds?: number;
  /** Of an answer's body, when it is unpacked. Default 1 MiB. */
  readonly maxResponseBytes?: number;
  /** Connections to one server at a time; more requests wait. Default 8. */
  readonly maxConnections?: number;
  /** The `Host` of every request. Default: as in its URL; a header of the request itself counts for nothing. */
  readonly hostHeader?: string;
}

/**
 * As the platform's `fetch`, but a redirect is an answer like others and never followed, and a server that cannot or must not be reached is
 * an `EgressError`, as are `TIMED_OUT` and `RESPONSE_TOO_LARGE`, which can also come while the body is read.
 */
export type CheckedFetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

interface Client {
  readonly fetch: typeof fetch;
  readonly dispatcher: Dispatcher;
}

/** An HTTP client that connects to allowed addresses only, whatever a name resolves to. Every request has a connection of its own. */
export function createCheckedFetch(options: CheckedFetchOptions): CheckedFetch {
  const { policy, timeoutSeconds = 15, maxResponseBytes = 1_048_576 } = options;
  let loading: Promise<Client> | undefined;

  return async (url, init = {}) => {
    const { hostname } = new URL(url);
    const { fetch, dispatcher } = await (loading ??= loadClient(options, timeoutSeconds));
    const deadline = new AbortController();
    const late = new EgressError('TIMED_OUT', `${hostname} did not answer within ${timeoutSeconds} seconds.`);
    const timer = setTimeout(() => deadline.abort(policy.conceal(hostname, late)), timeoutSeconds * 1000).unref();
    const done = (): void => clearTimeout(timer);
    const signal = init.signal ? AbortSignal.any([init.signal, deadline.signal]) : deadline.signal;
    let response: Response;
    try {
      // The types of the library and of the platform describe the same objects.
      const request = { ...(init as object), signal, redirect: 'manual', dispatcher } as const;
      response = (await fetch(url, request)) as unknown as Response;
    } catch (error) {
      done();
      throw toEgressError(error, policy, hostname);
    }
    // Servers may send three digits of any kind, but no `Response` can be made with these.
    if (response.status > 599) {
      done();
      void response.body?.cancel().catch(() => {});
      throw policy.conceal(hostname, new EgressError('CONNECTION_FAILED', `${hostname} answered with the status ${response.status}.`));
    }
    return limitBody(response, { maxBytes: maxResponseBytes, hostname, done });
  };
}

/** Loaded when it is needed: a whole HTTP client, of no use for those who only connect. */
async function loadClient(options: CheckedFetchOptions, timeoutSeconds: number): Promise<Client> {
  const { Agent, fetch } = await import('./http-client.ts');
  const agent = new Agent({
    connections: options.maxConnections ?? 8,
    // No connection is kept for a second request: it would not be checked again.
    pipelining: 0,
    headersTimeout: timeoutSeconds * 1000,
    bodyTimeout: timeoutSeconds * 1000,
    connect: (target, callback) => {
      const done = callback as (error: Error | null, socket: Socket | null) => void;
      // `setImmediate` leaves the promise: what the callback throws is not ours to catch.
      connectTo(target, options, timeoutSeconds).then(
        (socket) => setImmediate(done, null, socket),
        (error: Error) => setImmediate(done, error, null),
      );
    },
  });
  const { hostHeader: host } = options;
  if (host === undefined) return { fetch, dispatcher: agent };
  // Fetch takes the header out of what it is given.
  const asHost: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (request, handler) =>
    dispatch({ ...request, headers: { ...(request.headers as Record<string, string>), host } }, handler);
  return { fetch, dispatcher: agent.compose(asHost) };
}

interface Target {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: string;
}

async function connectTo(target: Target, options: CheckedFetchOptions, timeoutSeconds: number): Promise<Socket> {
  const { hostname } = target;
  const isSecure = target.protocol === 'https:';
  const signal = AbortSignal.timeout(timeoutSeconds * 1000);
  const socket = await connectChecked(options.policy, hostname, Number(target.port) || (isSecure ? 443 : 80), { timeoutSeconds, signal });
  if (!isSecure) return socket;
  const certificates = options.trustedCertificates ?? [];
  // Takes a while to load, and most commands connect to nothing.
  const { connect: connectTls, getCACertificates } = await import('node:tls');
  const name = hostname.replace(/^\[(.*)\]$/, '$1');
  const secure = connectTls({
    socket,
    host: name,
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(certificates.length === 0 ? {} : { ca: [...getCACertificates('default'), ...certificates] }),
  });
  // When the signal has ended the wait, nobody listens any more for what it does to the sockets.
  for (const each of [socket, secure]) each.on('error', () => {});
  try {
    await once(secure, 'secureConnect', { signal });
  } catch (error) {
    secure.destroy();
    throw error;
  }
  return secure;
}

function toEgressError(error: unknown, policy: EgressPolicy, hostname: string): unknown {
  // What went wrong on the way stands below an error of the library; all others are the caller's: an abort, a wrong header.
  if (error instanceof EgressError || !(error instanceof TypeError) || error.cause === undefined) return error;
  if (error.cause instanceof EgressError) return error.cause;
  return policy.conceal(hostname, new EgressError('CONNECTION_FAILED', `The connection to ${hostname} failed.`, { cause: error.cause }));
}

/** What comes out counts, not what was sent: a little of it, packed, can be very much. */
function limitBody(
  response: Response,
  { maxBytes, hostname, done }: { readonly maxBytes: number; readonly hostname: string; readonly done: () => void },
): Response {
  if (response.body === null) {
    done();
    return response;
  }
  let bytes = 0;
  const limit = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new EgressError('RESPONSE_TOO_LARGE', `${hostname} answered with more than ${maxBytes} bytes.`);
      controller.enqueue(chunk);
    },
    flush: done,
    cancel: done,
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(limit), { status, statusText, headers });
}
