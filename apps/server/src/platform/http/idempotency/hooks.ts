import type { Operation } from '@deployguard/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Database, Tx } from '../../database/index.ts';
import type { Readable } from 'node:stream';
import { ApiError } from '../api-error.ts';
import { claimKey, renewMilliseconds, runningError } from './claim.ts';
import type { HeldClaim, StoredAnswer } from './claim.ts';
import { hashUpload, readDigest } from './hash-upload.ts';
import type { HashedUpload } from './hash-upload.ts';

declare module 'fastify' {
  interface FastifyRequest {
    idempotency?: { readonly claim: HeldClaim; readonly renewal: NodeJS.Timeout; readonly upload: HashedUpload | undefined };
  }
}

/** The idempotency key of a request, as far as the service is concerned that does the work. */
export interface RequestClaim {
  /**
   * Keeps the answer of the usual status in the transaction that it answers for: a crash in between repeats nothing, and of two requests with
   * the key one at most gets as far.
   */
  complete(tx: Tx, answer: unknown): Promise<void>;
}

const maxStoredBytes = 65_536;

/**
 * What `Idempotency-Key` means for an operation (draft-ietf-httpapi-idempotency-key-header-07): the same key and request get the same answer,
 * another request with the key is refused, and so is a second one while the first runs. Only answers that say that something was done are
 * kept; after a refusal the key is free again.
 */
export function createIdempotencyHooks(database: Pick<Database, 'asTenant'>) {
  function hold(claim: HeldClaim, tenantId: string): NodeJS.Timeout {
    // One that is missed costs nothing: the claim lasts for several of them.
    return setInterval(() => void database.asTenant(tenantId, claim.renew).catch(() => {}), renewMilliseconds).unref();
  }

  return {
    /** Runs once the request is validated. Answers itself when the answer is known. */
    async beforeHandler(operation: Operation, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
      const key = readKey(request);
      if (key === undefined) return undefined;
      const upload =
        operation.upload === undefined ? undefined : hashUpload(request.body as Readable, request.headers['content-type'] ?? '');
      const content = [request.params, request.query, upload === undefined ? (request.body ?? null) : null];
      const { tenantId } = request.actor!;
      const result = await claimKey(database, tenantId, {
        key,
        operation: operation.id,
        content,
        ...(upload === undefined ? {} : { readDigest: () => readDigest(upload) }),
      });
      switch (result.state) {
        case 'claimed':
          request.idempotency = { claim: result.claim, renewal: hold(result.claim, tenantId), upload };
          if (upload !== undefined) request.body = upload.body;
          return undefined;
        case 'done':
          return replay(operation, result.answer, reply);
        case 'running':
          throw runningError();
        case 'reused':
          throw new ApiError('IDEMPOTENCY_KEY_REUSED', 'This idempotency key was used with another request. Take a new key.');
      }
    },

    /** Runs with the answer at hand, before it is sent: whoever repeats the request after it will find it. */
    async beforeSend(operation: Operation, request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<void> {
      if (request.idempotency === undefined) return;
      const { claim, renewal, upload } = request.idempotency;
      clearInterval(renewal);
      const { tenantId } = request.actor!;
      const answer = toStored(operation, reply.statusCode, payload);
      if (answer === undefined) {
        // Where the database is away, the claim ends by itself; the refusal that is on its way says why.
        await database.asTenant(tenantId, claim.release).catch(() => {});
      } else if (!claim.isCompleted) {
        await database.asTenant(tenantId, (tx) => claim.complete(tx, answer, upload?.digest()));
      }
    },
  };
}

export function toRequestClaim(operation: Operation, usualStatus: number, { idempotency }: FastifyRequest): RequestClaim | undefined {
  if (idempotency === undefined) return undefined;
  return {
    complete: (tx, answer) =>
      idempotency.claim.complete(
        tx,
        { status: usualStatus, body: operation.showsSecret ? null : JSON.stringify(answer) },
        idempotency.upload?.digest(),
      ),
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
