import Type from 'typebox';
import type { Static } from 'typebox';
import { entity } from './schema.ts';

/** Why a request was refused. The status that each travels with is fixed. */
export const problemStatuses = {
  UNREADABLE: 400,
  IDEMPOTENCY_KEY_INVALID: 400,
  ALREADY_ENDED: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  HOST_REFUSED: 403,
  ORIGIN_REFUSED: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  REQUEST_TIMEOUT: 408,
  CONFLICT: 409,
  ILLEGAL_STATE: 409,
  IDEMPOTENCY_RUNNING: 409,
  IDEMPOTENCY_ANSWER_GONE: 409,
  BODY_TOO_LARGE: 413,
  MEDIA_TYPE_UNSUPPORTED: 415,
  RANGE_NOT_SATISFIABLE: 416,
  INVALID: 422,
  IDEMPOTENCY_KEY_REUSED: 422,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  QUEUE_UNAVAILABLE: 503,
  UNAVAILABLE: 503,
} as const;

export type ProblemCode = keyof typeof problemStatuses;

const InvalidField = entity('InvalidField', {
  in: Type.String({ description: 'Where it stands: body, query, params or headers.' }),
  path: Type.String({ description: 'JSON Pointer (RFC 6901) of the field.' }),
  message: Type.String(),
});

/** The body of every error, `application/problem+json` (RFC 9457). */
export const Problem = entity(
  'Problem',
  {
    type: Type.String({ description: 'Reference of the kind of problem.' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    instance: Type.String({ description: 'The path that was asked for.' }),
    code: Type.String({ description: 'The kind of problem, for programs.' }),
    requestId: Type.String({ description: 'Quote it when you report a fault: the log names it too.' }),
    errors: Type.Optional(Type.Array(InvalidField)),
    error: Type.Optional(Type.String({ description: 'Under `/api/v1` and `/ws` only: the code once more.' })),
    message: Type.Optional(Type.String({ description: 'Under `/api/v1` and `/ws` only: the detail once more.' })),
    timestamp: Type.Optional(Type.String({ format: 'date-time', description: 'Under `/api/v1` and `/ws` only.' })),
  },
  { description: 'An error, as of RFC 9457.' },
);
export type Problem = Static<typeof Problem>;
