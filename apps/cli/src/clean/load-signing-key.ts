import { join } from 'node:path';
import { loadOrCreateSigningKey, parseSigningKey, type SigningKey } from '@deployguard/secrets';
import type { CliContext } from '../context.ts';
import { findConfigDirectory } from '../config-directory.ts';
import { readInputFile } from '../source/read-input-file.ts';

export interface LoadedKey {
  readonly key: SigningKey;
  /** Set when the key was made just now. */
  readonly createdAt?: string;
}

/** The key that signs proofs: the one that was named, else the user's own, which is made at its first use and readable by nobody else. */
export async function loadSigningKey(file: string | undefined, context: CliContext): Promise<LoadedKey> {
  if (file !== undefined) return { key: parseSigningKey(readInputFile(file, context).content.toString('utf8')) };
  const own = ownKeyFile(context);
  const { key, isNew } = await loadOrCreateSigningKey(own);
  return { key, ...(isNew && { createdAt: own }) };
}

/** In the user's configuration directory. */
export function ownKeyFile({ environment }: CliContext): string {
  return join(findConfigDirectory(environment), 'signing-key.pem');
}
