import { join } from 'node:path';
import { KeyringError, loadKeyring } from '../../keyring/index.ts';
import type { Config } from '../config-schema.ts';
import { type Faults, noFaults, problem } from './faults.ts';

/** Whether the keyring is there, or may be made, and can be used. */
export async function checkKeyring({ dataDirectory, database, keyring }: Config): Promise<Faults> {
  const { keys, file } = keyring;
  const setting = keys === undefined ? 'keyring.file' : 'keyring.keys';
  try {
    await loadKeyring({ file: file ?? join(dataDirectory, 'keyring.json'), mayCreate: false, ...(keys === undefined ? {} : { keys }) });
    return noFaults;
  } catch (error) {
    if (!(error instanceof KeyringError)) throw error;
    // It is made at the first start, where the data is that it protects.
    if (error.code === 'KEYRING_MISSING' && database.url === undefined) return noFaults;
    const where = keys === undefined && file !== undefined && !error.message.includes(file) ? `${file}: ` : '';
    return problem(`${setting}: ${where}${error.message}`);
  }
}
