import type { Static, TObject, TSchema } from 'typebox';
import type { Scope } from './words.ts';

/**
 * One operation of the API: all that server, clients and the OpenAPI document need to know about it.
 */
export interface Operation {
  /** Unique, camelCase, stable: generated clients name their functions after it. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As in OpenAPI: `/api/v2/jobs/{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
  /** The scope that a caller needs; `public` needs no credentials. */
  readonly access: Scope | 'public';
  readonly params?: TObject;
  readonly query?: TObject;
  readonly body?: TSchema;
  /** Answers by status, the usual one first. `Type.Null` is an answer without a body. Errors that any operation may give are not listed. */
  readonly answers: Readonly<Record<number, TSchema>>;
  /** Media types of the answer 200 when it is a file and no JSON. */
  readonly files?: readonly string[];
  /** Media type of a body that is streamed instead of parsed. */
  readonly upload?: string;
  /** Answers with server-sent events, or with the same events over a WebSocket when the connection is upgraded. */
  readonly streams?: true;
  /** Refused with 503 while the queue is down. */
  readonly needsBroker?: true;
  /** Reads what is there in some states of the thing only, and is refused with 409 in others. Operations that change something may be anyway. */
  readonly dependsOnState?: true;
  /** Honours `Idempotency-Key`. */
  readonly idempotent?: true;
  /** Keeps to the wire of the original scanner service: 403 for a key that is not valid, and its members in the bodies of errors. */
  readonly wire?: 'phoenix';
  /** The answer shows a secret that is shown only once, so no copy of it is kept. */
  readonly showsSecret?: true;
}

type StaticOf<Schema> = Schema extends TSchema ? Static<Schema> : undefined;

export type ParamsOf<O extends Operation> = StaticOf<O['params']>;
export type QueryOf<O extends Operation> = StaticOf<O['query']>;
export type BodyOf<O extends Operation> = StaticOf<O['body']>;
/** Any of the operation's answers. */
export type AnswerOf<O extends Operation> = { [Status in keyof O['answers']]: StaticOf<O['answers'][Status]> }[keyof O['answers']];

/** Keeps the exact types of what is declared. */
export function defineOperation<const O extends Operation>(operation: O): O {
  return operation;
}
