import type { KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { parsePublicKey, parseSigningKey } from '@deployguard/secrets';
import { CliError } from '../cli-error.ts';
import { ownKeyFile } from '../clean/load-signing-key.ts';
import type { CliContext } from '../context.ts';
import { readInputFile } from '../source/read-input-file.ts';

/**
 * Whose proofs count: the key that was named, else the user's own.
 *
 * @throws {CliError} `NO_TRUSTED_KEY` when there is neither.
 */
export function findTrustedKeys(file: string | undefined, context: CliContext): KeyObject[] {
  if (file !== undefined) return [parsePublicKey(readInputFile(file, context).content.toString('utf8'))];
  const own = ownKeyFile(context);
  if (!existsSync(own)) {
    throw new CliError(
      'NO_TRUSTED_KEY',
      `No proof can be checked: there is no key of your own (${own}). Name the key that signed with --public-key.`,
    );
  }
  return [parseSigningKey(readFileSync(own, 'utf8')).publicKey];
}
