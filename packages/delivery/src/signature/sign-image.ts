import type { KeyObject } from 'node:crypto';
import { isSignedBytes, signBytes } from './signature.ts';

/**
 * A signature of an image, as `cosign verify` wants it: the bytes of a statement, and their signature. `cosign verify-blob` takes the two
 * as files.
 */
export interface ImageSignature {
  /** Base64. */
  readonly payload: string;
  /** Base64. */
  readonly signature: string;
}

export interface SignedImage {
  /** Name of the image without tag or digest. */
  readonly repository: string;
  /** `sha256:…` of its manifest. */
  readonly digest: string;
}

const type = 'cosign container image signature';
const maxPayloadBytes = 64 * 1024;

/** Says that this image is the one that was meant (https://github.com/containers/image/blob/main/docs/containers-signature.5.md). */
export function signImage({ repository, digest }: SignedImage, privateKey: KeyObject): ImageSignature {
  const statement = {
    critical: { identity: { 'docker-reference': repository }, image: { 'docker-manifest-digest': digest }, type },
    optional: null,
  };
  const payload = Buffer.from(JSON.stringify(statement));
  return { payload: payload.toString('base64'), signature: signBytes(payload, privateKey).toString('base64') };
}

/** Whether one of the keys signed exactly this image. What is no signature is none. */
export function isImageSigned(
  { repository, digest }: SignedImage,
  { payload, signature }: ImageSignature,
  publicKeys: readonly KeyObject[],
): boolean {
  const bytes = Buffer.from(payload, 'base64');
  if (bytes.length > maxPayloadBytes || !isSignedBytes(bytes, Buffer.from(signature, 'base64'), publicKeys)) return false;
  try {
    const { critical } = JSON.parse(bytes.toString('utf8')) as { critical?: Record<string, unknown> };
    const [identity, image] = [critical?.['identity'], critical?.['image']] as Record<string, unknown>[];
    return critical?.['type'] === type && identity?.['docker-reference'] === repository && image?.['docker-manifest-digest'] === digest;
  } catch {
    return false;
  }
}
