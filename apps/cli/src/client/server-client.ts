import { setTimeout as delay } from 'node:timers/promises';
import type { AnswerOf, Operation } from '@deployguard/contracts';
import { type CheckedFetch, createCheckedFetch, createEgressPolicy } from '@deployguard/egress';
import { buildRequest, type Input } from './build-request.ts';
import type { ServerChoice } from './choose-server.ts';
import { describeFailure } from './describe-failure.ts';
import { readProblem, ServerError } from './server-error.ts';

/** Calls operations of a service. All that it knows of them is what `@deployguard/contracts` declares. */
export interface ServerClient {
  readonly url: string;
  /** The answer of an operation, as JSON. @throws {ServerError} */
  call<const O extends Operation>(operation: O, input: Input<O>): Promise<AnswerOf<O>>;
  /** The answer of an operation that is a file, a stream or a redirection: its body is not read yet. @throws {ServerError} */
  open<const O extends Operation>(operation: O, input: Input<O>, options?: OpenOptions): Promise<Response>;
  /** What a link of the service leads to, also elsewhere: without credentials. @throws {ServerError} */
  follow(link: string): Promise<Response>;
}

export interface OpenOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Aborted, the body breaks off. */
  readonly signal?: AbortSignal;
  /** Of each try, its body included. Default: none. */
  readonly timeoutSeconds?: number;
  /** Leaves it to the caller to try again. */
  readonly isTriedOnce?: boolean;
}

export interface ClientOptions {
  readonly signal: AbortSignal;
  readonly userAgent: string;
  /** Told before a request is sent again. */
  readonly onRetry?: (error: ServerError) => void;
  /** Before the first repetition; doubles with each. Default 0.5. */
  readonly firstPauseSeconds?: number;
}

const maxTries = 4;
const longestPauseSeconds = 30;
// Uploads and streams last; what does not answer at all is noticed by its own limit.
const connectionSeconds = 24 * 3600;
const answerSeconds = 60;

/** A client of the server that was chosen. What can be repeated without harm is, when the way to the server or the server itself fails. */
export function createServerClient(server: ServerChoice, options: ClientOptions): ServerClient {
  const { signal, firstPauseSeconds = 0.5 } = options;
  // The user named the server and trusts it, wherever it is; its storage may be as private as itself.
  const policy = createEgressPolicy({ allowPrivate: true, allowHosts: [new URL(server.url).hostname] });
  const fetchChecked = createCheckedFetch({
    policy,
    trustedCertificates: server.trustedCertificates,
    timeoutSeconds: connectionSeconds,
    maxResponseBytes: Number.POSITIVE_INFINITY,
  });

  return {
    url: server.url,
    async call(operation, input) {
      const response = await send(operation, input, operation.upload === undefined ? { timeoutSeconds: answerSeconds } : {});
      if (response.status === 204) return null as AnswerOf<typeof operation>;
      try {
        return (await response.json()) as AnswerOf<typeof operation>;
      } catch (error) {
        signal.throwIfAborted();
        throw describeFailure(error, server.url);
      }
    },
    open: send,
    follow: (link) => ask(fetchChecked, new URL(link, `${server.url}/`), { headers: { 'user-agent': options.userAgent }, signal }),
  };

  async function send<O extends Operation>(operation: O, input: Input<O>, given: OpenOptions = {}): Promise<Response> {
    const { path, init, isRepeatable } = buildRequest(operation, input);
    const headers = {
      ...(init.headers as Record<string, string>),
      'user-agent': options.userAgent,
      ...(server.apiKey !== undefined && { authorization: `Bearer ${server.apiKey}` }),
      ...given.headers,
    };
    for (let tries = 1; ; tries++) {
      try {
        return await ask(fetchChecked, `${server.url}${path}`, {
          ...init,
          headers,
          signal: AbortSignal.any([signal, ...limitsOf(given)]),
        });
      } catch (error) {
        const mayRepeat = isRepeatable && given.isTriedOnce !== true && tries < maxTries;
        if (!mayRepeat || !(error instanceof ServerError) || !passesByItself.has(error.code)) throw error;
        const seconds = error.retryAfterSeconds ?? firstPauseSeconds * 2 ** (tries - 1);
        if (seconds > longestPauseSeconds) throw error;
        options.onRetry?.(error);
        await delay(seconds * 1000, undefined, { signal });
      }
    }
  }

  async function ask(fetch: CheckedFetch, url: string | URL, init: RequestInit): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(url, init);
    } catch (error) {
      // A command that was interrupted is told as that.
      signal.throwIfAborted();
      throw describeFailure(error, new URL(url).origin);
    }
    if (response.status < 400) return response;
    throw await readProblem(response, new URL(url).origin);
  }
}

function limitsOf({ signal, timeoutSeconds }: OpenOptions): AbortSignal[] {
  return [signal ?? [], timeoutSeconds === undefined ? [] : AbortSignal.timeout(timeoutSeconds * 1000)].flat();
}

/** What a second try may get past. */
const passesByItself = new Set(['SERVER_UNREACHABLE', 'QUEUE_UNAVAILABLE', 'UNAVAILABLE', 'RATE_LIMITED', 'IDEMPOTENCY_RUNNING']);
