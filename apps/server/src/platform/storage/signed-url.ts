import { createHmac, timingSafeEqual } from 'node:crypto';
import { StorageError } from './storage-error.ts';
import { assertStorageKey } from './storage-key.ts';
import type { SignedUrlOptions } from './storage.ts';

/** What a signed link allows. */
export interface SignedDownload {
  readonly key: string;
  readonly fileName: string;
  readonly contentType: string;
}

const maxLinkSeconds = 300;

/** Throws `EXPIRY_INVALID`: whoever has a link can use it, so none lives long. */
export function assertLinkSeconds(seconds: number): void {
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > maxLinkSeconds) {
    throw new StorageError('EXPIRY_INVALID', `A download link works for 1 to ${maxLinkSeconds} seconds.`);
  }
}

/** A link below `baseUrl` that `verifySignedUrl` accepts until `now` + the seconds; everything in it is under the signature. */
export function buildSignedUrl(signingKey: Uint8Array, baseUrl: string, key: string, options: SignedUrlOptions, now: Date): string {
  assertStorageKey(key);
  assertLinkSeconds(options.expiresInSeconds);
  const expires = String(Math.floor(now.getTime() / 1000) + options.expiresInSeconds);
  const { fileName, contentType } = options;
  const query = new URLSearchParams({ expires, name: fileName, type: contentType });
  query.set('signature', sign(signingKey, [key, expires, fileName, contentType]).toString('base64url'));
  return `${baseUrl}/${key}?${query.toString()}`;
}

/**
 * What a link that `buildSignedUrl` made allows: `key` is the part of the path below the base.
 *
 * Throws `LINK_INVALID`, also for parameters that it does not have or has twice, and `LINK_EXPIRED`.
 */
export function verifySignedUrl(signingKey: Uint8Array, key: string, query: URLSearchParams, now: Date): SignedDownload {
  const [expires, fileName, contentType, signature] = ['expires', 'name', 'type', 'signature'].map((name) => query.get(name));
  const given = Buffer.from(signature ?? '', 'base64url');
  const expected = sign(signingKey, [key, expires ?? '', fileName ?? '', contentType ?? '']);
  if (query.size !== 4 || given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new StorageError('LINK_INVALID', 'This download link is not valid.');
  }
  if (Number(expires) * 1000 <= now.getTime()) throw new StorageError('LINK_EXPIRED', 'This download link has expired. Ask for a new one.');
  return { key, fileName: fileName ?? '', contentType: contentType ?? '' };
}

// As JSON, so that no two lists of fields have the same text.
function sign(signingKey: Uint8Array, fields: readonly string[]): Buffer {
  return createHmac('sha256', signingKey)
    .update(JSON.stringify(['download', ...fields]))
    .digest();
}
