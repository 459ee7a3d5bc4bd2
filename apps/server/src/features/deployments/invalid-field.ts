import { ApiError } from '../../platform/http/index.ts';

/** For a body that follows its schema, and asks for what cannot be had. */
export function invalidField(path: string, message: string): ApiError {
  const field = path === '' ? 'The request' : path.slice(1).replaceAll('/', '.');
  return new ApiError('INVALID', `${field} ${message}.`, { errors: [{ in: 'body', path, message }] });
}
