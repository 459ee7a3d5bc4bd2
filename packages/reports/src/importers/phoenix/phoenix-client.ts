import { setTimeout as delay } from 'node:timers/promises';
import { createCheckedFetch, createEgressPolicy, EgressError } from '@deployguard/egress';
import { cleanText, describeAnswer, parseAnswer, parseRetryAfter } from './phoenix-answer.ts';
import type { PhoenixAnswer, RawAnswer, TemporaryFailure } from './phoenix-answer.ts';
import { PhoenixError } from './phoenix-error.ts';
import type { Clock, PhoenixConnection, PhoenixCredentials } from './phoenix-import.ts';

/** Talks to one Phoenix in the name of one client. */
export interface PhoenixClient {
  readonly clock: Clock;
  /**
   * Sends a request, with another token if the first is not accepted any more; nothing else is sent twice, for only the caller knows what that
   * would do. Throws `PhoenixError` for what does not pass by itself, and the signal's reason.
   */
  send(request: PhoenixRequest): Promise<PhoenixAnswer>;
  /** Waits before the next try of what has failed so many times in a row. Throws when there should be none. */
  pause(failure: TemporaryFailure, failures: number): Promise<void>;
  /** What Phoenix says, safe to show. */
  clean(text: string): string;
}

export interface PhoenixRequest {
  /** Below the address of the API: `/v1/import/assets`. */
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly contentType?: string;
  /** Read anew for each try. */
  readonly body?: { readonly bytes: number; read(): AsyncIterable<Uint8Array> };
}

export interface ClientOptions {
  readonly url: string;
  readonly credentials: PhoenixCredentials;
  readonly connection: PhoenixConnection;
  readonly signal?: AbortSignal | undefined;
  readonly onWait: (seconds: number, reason: string) => void;
}

const maxAnswerBytes = 1_048_576;
const firstPauseSeconds = 2;
const longestOwnPauseSeconds = 60;

/** A token that ends so soon is not used any more; one that is younger than this is, for clocks differ. */
const tokenReserveSeconds = 60;

interface Token {
  readonly text: string;
  /** Milliseconds. */
  readonly madeAt: number;
  readonly endsAt: number;
}

export function createPhoenixClient({ url, credentials, connection, signal, onWait }: ClientOptions): PhoenixClient {
  const {
    requestTimeoutSeconds = 120,
    requestsPerMinute = 30,
    maxAttempts = 4,
    longestPauseSeconds = 600,
    clock = systemClock,
  } = connection;
  const base = parseBaseUrl(url, connection.allowHttp ?? false);
  const basic = encodeCredentials(credentials);
  const secrets = new Set([credentials.clientSecret, credentials.clientId, basic]);
  const fetch = createCheckedFetch({
    policy: connection.policy ?? createEgressPolicy(),
    trustedCertificates: connection.trustedCertificates ?? [],
    timeoutSeconds: requestTimeoutSeconds,
    maxResponseBytes: maxAnswerBytes,
  });
  let nextRequestAt = clock.now();
  let token: Token | undefined;

  return { clock, send, pause, clean: (text) => cleanText(text, secrets) };

  async function send(request: PhoenixRequest): Promise<PhoenixAnswer> {
    for (let isSecond = false; ; isSecond = true) {
      const { text } = (token = isUsable(token) ? token! : await getToken());
      const answer = await exchange(request, `Bearer ${text}`);
      if (answer.outcome === 'failed') return answer;
      if (answer.status !== 401) return judge(answer);
      // When it says that a token ends is not to be relied on.
      token = undefined;
      if (isSecond) throw new PhoenixError('PHOENIX_AUTHENTICATION_FAILED', `Phoenix does not accept its own token. ${tell(answer)}`);
    }
  }

  async function getToken(): Promise<Token> {
    for (let failures = 1; ; failures++) {
      const raw = await exchange({ path: '/v1/auth/access_token', method: 'GET' }, `Basic ${basic}`);
      if (raw.outcome === 'answered' && (raw.status === 401 || raw.status === 403))
        throw new PhoenixError('PHOENIX_AUTHENTICATION_FAILED', `Phoenix does not accept the client id and secret. ${tell(raw)}`);
      const answer = raw.outcome === 'failed' ? raw : judge(raw);
      if (answer.outcome === 'failed') {
        await pause(answer, failures);
        continue;
      }
      if (answer.outcome !== 'accepted') throw new PhoenixError('PHOENIX_REFUSED', `Phoenix gives no token. ${answer.message}`);
      const { token: text, expiry } = answer.body;
      // Anything else could add a header to the request.
      if (typeof text !== 'string' || !/^[\x21-\x7e]{1,8192}$/.test(text)) throw notPhoenix('gives no token');
      secrets.add(text);
      return { text, madeAt: clock.now(), endsAt: typeof expiry === 'number' ? expiry * 1000 : Number.POSITIVE_INFINITY };
    }
  }

  function isUsable(given: Token | undefined): boolean {
    if (given === undefined) return false;
    const reserve = tokenReserveSeconds * 1000;
    return clock.now() < given.endsAt - reserve || clock.now() < given.madeAt + reserve;
  }

  async function exchange({ path, method, contentType, body }: PhoenixRequest, authorization: string): Promise<RawAnswer> {
    await pace();
    try {
      const response = await fetch(`${base}${path}`, {
        method,
        headers: {
          accept: 'application/json',
          authorization,
          ...(contentType !== undefined && { 'content-type': contentType }),
          ...(body && { 'content-length': String(body.bytes) }),
        },
        // `duplex` says that the answer is awaited after the whole body (WHATWG Fetch); the platform's types lack it.
        ...(body && ({ body: body.read(), duplex: 'half' } as object)),
        ...(signal && { signal }),
      });
      const { status, headers } = response;
      return { outcome: 'answered', status, text: await response.text(), retryAfter: headers.get('retry-after') ?? undefined };
    } catch (error) {
      signal?.throwIfAborted();
      return describeLoss(error);
    }
  }

  async function pace(): Promise<void> {
    const wait = nextRequestAt - clock.now();
    if (wait > 0) await clock.wait(wait, signal);
    signal?.throwIfAborted();
    nextRequestAt = clock.now() + 60_000 / requestsPerMinute;
  }

  function judge(answer: Extract<RawAnswer, { outcome: 'answered' }>): PhoenixAnswer {
    const { status, text, retryAfter } = answer;
    if (status >= 200 && status < 300) {
      const body = parseAnswer(text);
      if (body === undefined) throw notPhoenix('answers with something else than JSON');
      return { outcome: 'accepted', body };
    }
    if (status >= 300 && status < 400) throw notPhoenix('sends elsewhere');
    if (status === 413) return { outcome: 'too-large', message: tell(answer) };
    const pauseSeconds = parseRetryAfter(retryAfter, clock.now());
    const failed = {
      outcome: 'failed',
      code: 'PHOENIX_UNAVAILABLE',
      message: tell(answer),
      ...(pauseSeconds !== undefined && { pauseSeconds }),
    } as const;
    if (status === 429 || status === 503) return { ...failed, isProcessed: 'no' };
    // A gateway gives up before what is behind it does.
    if (status >= 500) return { ...failed, isProcessed: status === 502 || status === 504 ? 'perhaps-still' : 'perhaps' };
    return { outcome: 'refused', message: tell(answer) };
  }

  async function pause(failure: TemporaryFailure, failures: number): Promise<void> {
    const own = Math.min(firstPauseSeconds * 2 ** (failures - 1), longestOwnPauseSeconds);
    const seconds = failure.pauseSeconds ?? own;
    if (failures >= maxAttempts) throw new PhoenixError(failure.code, `${failure.message} It was tried ${failures} times.`);
    if (seconds > longestPauseSeconds)
      throw new PhoenixError(failure.code, `${failure.message} It asks for a pause of ${seconds} seconds: resume the import later.`);
    onWait(seconds, failure.message);
    await clock.wait(seconds * 1000, signal);
  }

  function tell(answer: Extract<RawAnswer, { outcome: 'answered' }>): string {
    return describeAnswer(answer, secrets);
  }

  function notPhoenix(what: string): PhoenixError {
    return new PhoenixError('PHOENIX_ANSWER_UNREADABLE', `${new URL(base).host} ${what}. Check the address of the API.`);
  }
}

/** Where nobody was reached, nothing was done; where the way broke off, it may still be done. */
function describeLoss(error: unknown): TemporaryFailure {
  if (!(error instanceof EgressError)) throw error;
  const { code, message } = error;
  if (code === 'ADDRESS_DENIED' || code === 'HOST_INVALID') throw new PhoenixError('PHOENIX_UNREACHABLE', message);
  if (code === 'RESPONSE_TOO_LARGE') throw new PhoenixError('PHOENIX_ANSWER_UNREADABLE', `${message} Check the address of the API.`);
  const isProcessed = code === 'HOST_NOT_FOUND' ? 'no' : 'perhaps-still';
  return { outcome: 'failed', code: 'PHOENIX_UNREACHABLE', isProcessed, message };
}

/** Throws PHOENIX_URL_INVALID; the message does not quote the address, which may hold a password. */
function parseBaseUrl(url: string, allowHttp: boolean): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol))
    throw new PhoenixError('PHOENIX_URL_INVALID', 'The address of Phoenix is none. Give one such as https://api.securityphoenix.cloud.');
  if (parsed.username || parsed.password || parsed.search || parsed.hash)
    throw new PhoenixError(
      'PHOENIX_URL_INVALID',
      'The address of Phoenix must hold no credentials and no parameters. Client id and secret are given apart.',
    );
  if (parsed.protocol === 'http:' && !allowHttp)
    throw new PhoenixError(
      'PHOENIX_URL_INVALID',
      `The way to ${parsed.host} is not encrypted, and the credentials could be read. Give an https address.`,
    );
  return `${parsed.origin}${parsed.pathname.replace(/(?<!\/)\/+$/, '')}`;
}

/** RFC 7617. */
function encodeCredentials({ clientId, clientSecret }: PhoenixCredentials): string {
  const isPlain = (text: string): boolean => text !== '' && !/\p{Cc}/u.test(text);
  if (!isPlain(clientId) || clientId.includes(':') || !isPlain(clientSecret))
    throw new PhoenixError(
      'PHOENIX_CREDENTIALS_INVALID',
      'Client id and secret of Phoenix are needed, in one line each; the id has no colon.',
    );
  return Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
}

const systemClock: Clock = {
  now: () => Date.now(),
  async wait(milliseconds, signal) {
    try {
      await delay(milliseconds, undefined, signal && { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
