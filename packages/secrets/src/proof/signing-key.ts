import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { link, mkdir, open, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ProofError } from './proof-error.ts';

/** An Ed25519 key (RFC 8032) that signs proofs. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** `SHA256:` and the base64 of the SHA-256 of the public key (SubjectPublicKeyInfo, DER), to be compared by people. */
  readonly fingerprint: string;
}

/** A new key. */
export function createSigningKey(): SigningKey {
  return toSigningKey(generateKeyPairSync('ed25519').privateKey);
}

/** Reads a PKCS #8 key in PEM. Throws `ProofError` `KEY_UNUSABLE`; the message does not repeat the key. */
export function parseSigningKey(pem: string): SigningKey {
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(pem);
  } catch {
    // The cause is left out on purpose: messages of key parsers may quote their input.
    throw new ProofError('KEY_UNUSABLE', 'The signing key cannot be read: it must be an unencrypted PKCS #8 private key in PEM.');
  }
  return toSigningKey(privateKey);
}

/** Reads a public key (SubjectPublicKeyInfo in PEM, as `toPublicPem` writes it). Throws `ProofError` `KEY_UNUSABLE`. */
export function parsePublicKey(pem: string): KeyObject {
  try {
    // A private key would be taken too, and then stands where keys are given away.
    if (!pem.includes('PRIVATE')) return assertEd25519(createPublicKey(pem));
  } catch (error) {
    if (error instanceof ProofError) throw error;
  }
  throw new ProofError('KEY_UNUSABLE', 'The public key cannot be read: it must be a public key in PEM.');
}

/** The private key as PKCS #8 in PEM. To be kept secret. */
export function toPrivatePem(key: SigningKey): string {
  return key.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

/** The public key as SubjectPublicKeyInfo in PEM. */
export function toPublicPem(publicKey: KeyObject): string {
  return publicKey.export({ type: 'spki', format: 'pem' }) as string;
}

/** See `SigningKey.fingerprint`. */
export function fingerprintOf(publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return `SHA256:${createHash('sha256').update(der).digest('base64')}`;
}

/**
 * The key in a file, made there first (mode 0600) when the file does not exist. Of several processes that make it at once all get the same.
 * Throws `ProofError` `KEY_UNUSABLE` for a file that holds no key or that others than its owner can read.
 */
export async function loadOrCreateSigningKey(path: string): Promise<{ readonly key: SigningKey; readonly isNew: boolean }> {
  const present = await readIfPresent(path);
  if (present !== undefined) return { key: parseSigningKey(present), isNew: false };
  const key = createSigningKey();
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // Written whole under another name first: a reader never sees half a key, and linking fails where another process was faster.
  const temporaryPath = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(temporaryPath, toPrivatePem(key), { mode: 0o600, flag: 'wx', flush: true });
  try {
    await link(temporaryPath, path);
    return { key, isNew: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return { key: parseSigningKey((await readIfPresent(path)) ?? ''), isNew: false };
  } finally {
    await rm(temporaryPath, { force: true });
  }
}

function toSigningKey(privateKey: KeyObject): SigningKey {
  assertEd25519(privateKey);
  const publicKey = createPublicKey(privateKey);
  return { privateKey, publicKey, fingerprint: fingerprintOf(publicKey) };
}

function assertEd25519(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw new ProofError('KEY_UNUSABLE', `The key is of type ${key.asymmetricKeyType}, but proofs are signed with Ed25519.`);
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    await using file = await open(path);
    // Whoever reads the key can sign what they like.
    if (((await file.stat()).mode & 0o077) === 0) return await file.readFile('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  throw new ProofError('KEY_UNUSABLE', `The signing key ${path} can be read by others. Make a new one, or run "chmod 600" on it.`);
}
