import type { Readable } from 'node:stream';
import type { Keyring } from '../../keyring/index.ts';
import type { PutOptions, Storage } from '../storage.ts';
import { decryptContent, encryptContent } from './encrypt-content.ts';

/** Stores encrypted files: reports with whole secrets in them. There are no links to them, since nobody could read what they lead to. */
export interface SealedStorage {
  /** Encrypted for this key: under another name it cannot be read. */
  put(key: string, body: Readable | Uint8Array, options?: Pick<PutOptions, 'ifAbsent'>): Promise<void>;
  get(key: string): Promise<Readable>;
}

export function sealStorage(storage: Storage, keyring: Keyring): SealedStorage {
  return {
    async put(key, body, options = {}) {
      await storage.put(key, encryptContent(body, keyring, key), { ...options, contentType: 'application/octet-stream' });
    },
    async get(key) {
      const { body } = await storage.get(key);
      return decryptContent(body, keyring, key);
    },
  };
}
