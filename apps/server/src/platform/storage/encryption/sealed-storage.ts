import type { Readable } from 'node:stream';
import type { Keyring } from '../../keyring/index.ts';
import { Content } from '../content.ts';
import type { PutOptions, Storage, StoredObject } from '../storage.ts';
import { decryptContent, encryptContent } from './encrypt-content.ts';

/** Stores encrypted files: reports with whole secrets in them. There are no links to them, since nobody could read what they lead to. */
export interface SealedStorage {
  /** Encrypted for this key: under another name it cannot be read. Returns what there is before it is encrypted. */
  put(key: string, body: Readable | Uint8Array, options?: Pick<PutOptions, 'ifAbsent'>): Promise<StoredObject>;
  get(key: string): Promise<Readable>;
}

export function sealStorage(storage: Storage, keyring: Keyring): SealedStorage {
  return {
    async put(key, body, options = {}) {
      const content = new Content(body);
      await storage.put(key, encryptContent(content, keyring, key), { ...options, contentType: 'application/octet-stream' });
      return content.measure();
    },
    async get(key) {
      const { body } = await storage.get(key);
      return decryptContent(body, keyring, key);
    },
  };
}
