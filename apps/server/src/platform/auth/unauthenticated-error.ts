import { ApiError } from '../http/api-error.ts';

/** The same words for every reason: whoever guesses learns nothing. The reason is for the log. */
export function unauthenticatedError(reason: string): ApiError {
  return new ApiError(
    'UNAUTHENTICATED',
    'Valid credentials are needed: an API key, a bearer token, or the gateway in front of this service.',
    {
      cause: new Error(reason),
      headers: { 'www-authenticate': 'Bearer realm="deployguard"' },
    },
  );
}
