import type { AnswerOf, BodyOf, Operation, ParamsOf, QueryOf } from '@deployguard/contracts';
import type { FastifyReply } from 'fastify';
import type { Readable } from 'node:stream';
import type { Actor } from '../auth/actor.ts';
import type { RequestClaim } from './idempotency/hooks.ts';

/** Who asks, and from where: what an audit entry needs. */
export interface Caller {
  readonly actor: Actor;
  /** Address of the client, as far as trusted proxies tell. */
  readonly ip: string;
  readonly requestId: string;
}

/** What an audit entry says about who asked. */
export function auditFieldsOf({ actor, ip, requestId }: Caller): { userId: string; ip: string; requestId: string } {
  return { userId: actor.userId, ip, requestId };
}

/** One request of an operation, validated. */
export interface Call<O extends Operation> {
  readonly params: ParamsOf<O>;
  readonly query: QueryOf<O>;
  /** An upload is a stream; everything else has been read. */
  readonly body: O extends { upload: string } ? Readable : BodyOf<O>;
  readonly caller: O extends { access: 'public' } ? undefined : Caller;
  /** Of the body, as it was sent: of an upload it says how its parts are told apart. */
  readonly contentType: string;
  /** How the client reached the service: `https://deployguard.example.com`. */
  readonly reachedAt: string;
  /** Aborted when the client goes away before the answer. */
  readonly signal: AbortSignal;
  /** Lets a service keep its answer in the transaction that it answers for, so that a crash in between repeats nothing. */
  readonly idempotency: RequestClaim | undefined;
}

/** Does an operation. The usual status is set already; `reply` is for others, and for redirects and files. */
export type Handler<O extends Operation> = (call: Call<O>, reply: FastifyReply) => Promise<AnswerOf<O> | FastifyReply>;
