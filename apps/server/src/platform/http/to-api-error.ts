import { ApiError } from './api-error.ts';

/** What any error means to the caller. Errors that nobody foresaw become `INTERNAL` and tell nothing of themselves. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const { code } = (error ?? {}) as { code?: unknown };
  if (typeof code === 'string') {
    const known = knownErrors[code];
    if (known !== undefined) return new ApiError(known[0], known[1], { cause: error, ...(known[2] ? { headers: known[2] } : {}) });
    if (isOutage(code, (error as { syscall?: unknown }).syscall)) return unavailable(error);
  }
  return new ApiError('INTERNAL', 'Something went wrong on our side. The log of the service names the request id.', { cause: error });
}

type Known = readonly [ApiError['code'], string, Readonly<Record<string, string>>?];

const soon = { 'retry-after': '5' };
const unreadable: Known = ['UNREADABLE', 'The body cannot be read: send one JSON value.'];
const storageDown: Known = ['UNAVAILABLE', 'The storage of files is not available. Try again later.', soon];
const queueDown: Known = ['QUEUE_UNAVAILABLE', 'The queue is not available. Nothing was started; try again later.', soon];

/** Codes of Fastify's own errors, and of other parts of the service whose errors reach requests. */
const knownErrors: Readonly<Record<string, Known>> = {
  FST_ERR_BAD_URL: ['UNREADABLE', 'The path cannot be read.'],
  FST_ERR_CTP_BODY_TOO_LARGE: ['BODY_TOO_LARGE', 'The body is too large.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: unreadable,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['UNREADABLE', 'The body is not as long as Content-Length says.'],
  FST_ERR_CTP_INVALID_JSON_BODY: unreadable,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['MEDIA_TYPE_UNSUPPORTED', 'Bodies of this media type are not accepted here.'],
  FST_ERR_ASYNC_CONSTRAINT: ['UNREADABLE', 'The path cannot be read.'],
  FST_ERR_MAX_PARAM_LENGTH: ['NOT_FOUND', 'There is nothing at this path.'],
  DOORBELL_DOWN: queueDown,
  STORAGE_DOWN: storageDown,
  STORAGE_FULL: storageDown,
  STORAGE_REFUSED: storageDown,
  OBJECT_NOT_FOUND: ['NOT_FOUND', 'The file is not stored any more.'],
  DATABASE_UNREACHABLE: ['UNAVAILABLE', 'The database is not available. Try again later.', soon],
};

/**
 * Connections that cannot be made or break, and of PostgreSQL's SQLSTATE: class 53 (resources), and what another try may well get past, because
 * others were in the way (40001, 40P01, 55P03) or took the time of the statement (57014).
 */
function isOutage(code: string, syscall: unknown): boolean {
  return syscall === 'connect' || /^(?:ECONNRESET|EPIPE|53\w{3}|40001|40P01|55P03|57014)$/.test(code);
}

function unavailable(cause: unknown): ApiError {
  return new ApiError('UNAVAILABLE', 'A service that this needs is not available. Try again later.', { cause, headers: soon });
}
