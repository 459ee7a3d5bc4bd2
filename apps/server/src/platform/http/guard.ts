import type { Operation } from '@deployguard/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor, Authenticate } from '../auth/actor.ts';
import { ApiError } from './api-error.ts';
import { readClientAddress } from './client-address.ts';
import { assertOriginAllowed } from './origin.ts';
import type { RateBucket, RateLimit, RateLimiter } from './rate-limit/rate-limiter.ts';

export interface GuardOptions {
  readonly authenticate: Authenticate;
  /** Whoever reaches the port may do everything, so only this machine may reach it. */
  readonly isLocalOnly: boolean;
  readonly allowedOrigins: readonly string[];
  readonly rateLimiter: RateLimiter;
  /** For each user. */
  readonly userLimit: RateLimit;
  /** For each address, counting public operations and failed sign-ins only: many users may share one address. */
  readonly addressLimit: RateLimit;
  readonly isQueueUp: () => Promise<boolean>;
}

/** What every request passes before its operation is looked at, in this order: where it comes from, who makes it, how often, and what they may do. */
export function createGuard(options: GuardOptions) {
  return async function guard(operation: Operation, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { host, origin } = request.headers;
    const hasEffect = request.ws || !['GET', 'HEAD'].includes(request.method);
    assertOriginAllowed({ origin, host, hasEffect }, options.allowedOrigins);

    if (request.ws && !operation.streams) throw new ApiError('NOT_FOUND', 'There is no stream at this path.');

    if (operation.access === 'public') {
      await limit(options.addressLimit, { key: readClientAddress(request) }, reply);
      return;
    }
    const actor = await authenticate(operation, request, reply);
    request.actor = actor;
    await limit(options.userLimit, { tenantId: actor.tenantId, key: actor.userId }, reply);
    if (!actor.scopes.has(operation.access)) {
      throw new ApiError('FORBIDDEN', `These credentials lack the scope ${operation.access}.`);
    }
    if (operation.needsBroker && !(await options.isQueueUp())) {
      throw new ApiError('QUEUE_UNAVAILABLE', 'The queue is not available. Nothing was started; try again later.', {
        headers: { 'retry-after': '5' },
      });
    }
  };

  async function authenticate({ wire }: Operation, request: FastifyRequest, reply: FastifyReply): Promise<Actor> {
    try {
      return await options.authenticate({ rawHeaders: request.raw.rawHeaders, remoteAddress: request.raw.socket.remoteAddress ?? '' });
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'UNAUTHENTICATED') throw error;
      await limit(options.addressLimit, { key: readClientAddress(request) }, reply);
      throw wire === 'phoenix' ? toPhoenixRefusal(error, request) : error;
    }
  }

  /** Headers of draft-ietf-httpapi-ratelimit-headers. */
  async function limit(rule: RateLimit, subject: RateBucket, reply: FastifyReply): Promise<void> {
    const { isAllowed, remaining, resetSeconds } = await options.rateLimiter.take(rule, subject);
    reply.header('ratelimit-policy', `"${rule.name}";q=${rule.requests};w=${rule.windowSeconds}`);
    reply.header('ratelimit', `"${rule.name}";r=${remaining};t=${resetSeconds}`);
    if (!isAllowed) {
      throw new ApiError('RATE_LIMITED', `Too many requests. Try again in ${resetSeconds} seconds.`, {
        headers: { 'retry-after': String(resetSeconds) },
      });
    }
  }
}

/** The original scanner service tells a key that is missing from one that is not valid. */
function toPhoenixRefusal({ cause }: ApiError, { headers }: FastifyRequest): ApiError {
  if (headers['x-api-key'] !== undefined) return new ApiError('FORBIDDEN', 'Invalid API key', { cause });
  return new ApiError('UNAUTHENTICATED', 'Missing API key', { cause, headers: { 'www-authenticate': 'ApiKey' } });
}
