import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { link, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KeyringError } from './keyring-error.ts';
import { createKeyring } from './keyring.ts';
import type { Keyring } from './keyring.ts';
import { addWrappingKey, generateKeys, parseKeys } from './keyring-keys.ts';
import type { KeyringKeys } from './keyring-keys.ts';

export interface KeyringSource {
  /** The keys themselves, as their file has them; then no file is looked at. */
  readonly keys?: string;
  readonly file: string;
  /** Whether the file may be made. Where several machines share one storage, each would make keys of its own. */
  readonly mayCreate: boolean;
}

/**
 * Loads the keys of the service, or makes them once: of processes that start at the same time, all get the keys of the first.
 *
 * Throws `KeyringError`: `KEYRING_MISSING`, `KEYRING_EXPOSED` for a file that others may read or that is a link, `KEYRING_UNREADABLE`,
 * `KEYRING_INVALID`.
 */
export async function loadKeyring({ keys, file, mayCreate }: KeyringSource): Promise<Keyring> {
  if (keys !== undefined) return createKeyring(parseKeys(keys));
  const found = await readKeys(file);
  if (found !== undefined) return createKeyring(found);
  if (!mayCreate) {
    throw new KeyringError(
      'KEYRING_MISSING',
      `There is no keyring at ${file}. Put the one that all parts of the service share there; \`deployguard keyring create\` makes it, once.`,
    );
  }
  await writeKeys(file, generateKeys(), link);
  return createKeyring((await readKeys(file))!);
}

/** Adds a new key that wraps from now on, in processes that start after this. Old ones go on unwrapping what they have wrapped. */
export async function rotateKeyring(file: string): Promise<void> {
  const keys = await readKeys(file);
  if (keys === undefined) throw new KeyringError('KEYRING_MISSING', `There is no keyring at ${file}.`);
  await writeKeys(file, addWrappingKey(keys), rename);
}

async function readKeys(file: string): Promise<KeyringKeys | undefined> {
  let text: string;
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      assertPrivate(file, await handle.stat());
      text = await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof KeyringError) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return undefined;
    if (code === 'ELOOP') throw new KeyringError('KEYRING_EXPOSED', `${file} is a link. Name the file itself.`);
    throw new KeyringError('KEYRING_UNREADABLE', `${file} cannot be read. Check who owns it.`, { cause: error });
  }
  return parseKeys(text);
}

function assertPrivate(file: string, { mode, uid }: { readonly mode: number; readonly uid: number }): void {
  const self = process.getuid?.();
  if (self !== undefined && uid !== self && uid !== 0)
    throw new KeyringError('KEYRING_EXPOSED', `${file} belongs to somebody else. Make it your own.`);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new KeyringError('KEYRING_EXPOSED', `Others may read ${file}. Take that right away (chmod 600), and think of its keys as known.`);
  }
}

/** Written aside and on disk before it gets its name. `place` decides whether a file of that name stays (`link`) or is replaced (`rename`). */
async function writeKeys(file: string, keys: KeyringKeys, place: typeof link): Promise<void> {
  const partial = `${file}.${randomUUID()}`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(partial, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(keys, undefined, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await place(partial, file);
    const directory = await open(dirname(file), 'r');
    await directory.sync().finally(() => directory.close());
  } catch (error) {
    // Another process was faster; its keys are ours.
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return;
    throw new KeyringError('KEYRING_UNREADABLE', `${file} cannot be written. Check who owns its directory.`, { cause: error });
  } finally {
    await rm(partial, { force: true });
  }
}
