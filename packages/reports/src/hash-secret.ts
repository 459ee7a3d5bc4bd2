import { createHash } from 'node:crypto';

/** What tells a secret from others without being it: it goes into fingerprints and is never shown. Undefined where there is none. */
export function hashSecret(secret: string | undefined): string | undefined {
  return secret === undefined ? undefined : createHash('sha256').update(secret).digest('hex');
}
