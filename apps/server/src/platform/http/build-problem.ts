import type { Problem } from '@deployguard/contracts';
import type { ApiError } from './api-error.ts';

/** The body of an error, RFC 9457. */
export function buildProblem(error: ApiError, request: { readonly id: string; readonly path: string }): Problem {
  return {
    type: `urn:deployguard:problem:${error.code.toLowerCase().replaceAll('_', '-')}`,
    title: titles[error.status] ?? 'Refused',
    status: error.status,
    detail: error.message,
    instance: request.path,
    code: error.code,
    requestId: request.id,
    ...(error.errors === undefined ? {} : { errors: error.errors.map((field) => ({ ...field })) }),
  };
}

export const problemType = 'application/problem+json; charset=utf-8';

const titles: Readonly<Record<number, string>> = {
  400: 'Unreadable request',
  401: 'Not authenticated',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Request too slow',
  409: 'Conflict',
  413: 'Body too large',
  415: 'Unsupported media type',
  422: 'Invalid request',
  429: 'Too many requests',
  431: 'Headers too large',
  500: 'Internal error',
  503: 'Unavailable',
};
