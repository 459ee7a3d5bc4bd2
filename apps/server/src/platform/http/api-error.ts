import { problemStatuses } from '@deployguard/contracts';
import type { ProblemCode } from '@deployguard/contracts';

/** One thing that is wrong with a request. `path` is a JSON Pointer; the value itself is never quoted. */
export interface InvalidField {
  readonly in: 'body' | 'query' | 'params' | 'headers';
  readonly path: string;
  readonly message: string;
}

interface ApiErrorOptions {
  readonly cause?: unknown;
  readonly errors?: readonly InvalidField[];
  /** Sent with the answer: `retry-after`, `allow`, `www-authenticate`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that is refused. The message is for the caller. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ProblemCode;
  readonly errors: readonly InvalidField[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, message: string, { cause, errors, headers = {} }: ApiErrorOptions = {}) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
    this.errors = errors;
    this.headers = headers;
  }

  get status(): number {
    return problemStatuses[this.code];
  }
}

/** For what is not there, and for what belongs to another tenant: the two look the same. */
export function notFoundError(what: string): ApiError {
  return new ApiError('NOT_FOUND', `There is no such ${what}.`);
}
