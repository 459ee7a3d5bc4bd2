import { unquotePath } from '@deployguard/findings';

/** A path as that of a URI: each segment percent-encoded by its bytes, which a quoted path (see `quotePath`) still has. */
export function encodeUriPath(path: string): string {
  if (!path.startsWith('"'))
    return path
      .toWellFormed()
      .split('/')
      .map((segment) => encodeURIComponent(segment))
      .join('/');
  return unquotePath(path).replaceAll(
    /[^A-Za-z0-9\-_.!~*'()/]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
