import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { DatabaseError } from '../database-error.ts';

/** Makes a key file, for its owner only. Throws `EEXIST` when there is one. */
export function createBackupKey(file: string): Buffer {
  const key = randomBytes(32);
  writeFileSync(file, `${key.toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  return key;
}

/** @throws {DatabaseError} BACKUP_KEY_UNUSABLE. */
export function loadBackupKey(file: string): Buffer {
  const { mode } = statSync(file);
  if ((mode & 0o077) !== 0) throw new DatabaseError('BACKUP_KEY_UNUSABLE', `${file}: others can read this key. Run chmod 600 on it.`);
  const text = readFileSync(file, 'utf8').trim();
  if (!/^[A-Za-z0-9+/]{43}=$/.test(text)) {
    throw new DatabaseError(
      'BACKUP_KEY_UNUSABLE',
      `${file} holds no key for backups: 32 bytes in base64, as \`deployguard db backup\` makes it.`,
    );
  }
  return Buffer.from(text, 'base64');
}
