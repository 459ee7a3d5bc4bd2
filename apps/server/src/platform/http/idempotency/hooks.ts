import type { Operation } from '@deployguard/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Database } from '../../database/index.ts';
import { ApiError } from '../api-error.ts';
import { claimKey } from './claim.ts';
import type { ClaimResult, StoredAnswer } from './claim.ts';

type HeldClaim = Extract<ClaimResult, { state: 'claimed' }>['claim'];

declare module 'fastify' {
  interface FastifyRequest {
    idempotency?: HeldClaim;
  }
}

const maxStoredBytes = 65_536;

/**
 * What `Idempotency-Key` means for an operation (draft-ietf-httpapi-idempotency-key-header-07): the same key and request get the same answer,
 * another request with the key is refused, and so is a second one while the first runs. Only answers that say that something was done are
 * kept; after a refusal the key is free again.
 */
export function createIdempotencyHooks(database: Pick<Database, 'asTenant'>) {
  return {
    /** Runs once the request is validated. Answers itself when the answer is known. */
    async beforeHandler(operation: Operation, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
      const key = readKey(request);
      if (key === undefined) return undefined;
      const content = [request.params, request.query, request.body ?? null];
      const result = await claimKey(database, request.actor!.tenantId, { key, operation: operation.id, content });
      switch (result.state) {
        case 'claimed':
          request.idempotency = result.claim;
          return undefined;
        case 'done':
          return replay(operation, result.answer, reply);
        case 'running':
          throw new ApiError('IDEMPOTENCY_RUNNING', 'The first request with this idempotency key is still running.', {
            headers: { 'retry-after': '2' },
          });
        case 'reused':
          throw new ApiError('IDEMPOTENCY_KEY_REUSED', 'This idempotency key was used with another request. Take a new key.');
      }
    },

    /** Runs with the answer at hand, before it is sent: whoever repeats the request after it will find it. */
    async beforeSend(operation: Operation, request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<void> {
      const claim = request.idempotency;
      if (claim === undefined) return;
      const answer = toStored(operation, reply.statusCode, payload);
      await database.asTenant(request.actor!.tenantId, (tx) => (answer === undefined ? claim.release(tx) : claim.complete(tx, answer)));
    },
  };
}

function readKey(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new ApiError(
    'IDEMPOTENCY_KEY_INVALID',
    'Idempotency-Key must be 1 to 255 printable ASCII characters, without spaces, and sent once.',
  );
}

function replay(operation: Operation, { status, body }: StoredAnswer, reply: FastifyReply): FastifyReply {
  if (operation.showsSecret) {
    throw new ApiError('IDEMPOTENCY_ANSWER_GONE', 'This was done before. Its answer held a secret that is shown only once.');
  }
  reply.code(status).header('idempotency-replayed', 'true');
  if (body === null) return reply.send();
  // A serialized text: the schema's serializer must not run over it again.
  return reply.type('application/json; charset=utf-8').serializer(String).send(body);
}

function toStored(operation: Operation, status: number, payload: unknown): StoredAnswer | undefined {
  if (status >= 400) return undefined;
  if (operation.showsSecret || typeof payload !== 'string') return { status, body: null };
  return Buffer.byteLength(payload) <= maxStoredBytes ? { status, body: payload } : undefined;
}
