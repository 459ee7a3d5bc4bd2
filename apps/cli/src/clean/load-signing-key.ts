import { isAbsolute, join } from 'node:path';
import { loadOrCreateSigningKey, parseSigningKey, type SigningKey } from '@deployguard/secrets';
import type { CliContext } from '../context.ts';
import { findHomeDirectory } from '../home-directory.ts';
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

/** In the user's configuration directory (XDG Base Directory Specification; `APPDATA` on Windows). */
export function ownKeyFile({ environment }: CliContext): string {
  const named = [environment['XDG_CONFIG_HOME'], environment['APPDATA']].find((path) => path !== undefined && isAbsolute(path));
  const base = named ?? join(findHomeDirectory(environment), '.config');
  return join(base, 'deployguard', 'signing-key.pem');
}
