import { createHash, createHmac } from 'node:crypto';

/** Makes the ids of findings and the hashes of values, under one key, so that equal things are equal across runs and reports. */
export interface Fingerprinter {
  /** 16 hex digits of rule, value and place; independent of lines, offsets and commits. */
  findingId(ruleId: string, secret: string, place: string): string;
  /** 64 hex digits: which findings hold the same value, without saying which. */
  valueHash(secret: string): string;
}

/** `key`: the salt of a baseline file, a tenant's key, or what {@link deriveKey} gives. */
export function createFingerprinter(key: Buffer): Fingerprinter {
  return {
    findingId: (ruleId, secret, place) => hmac(key, `${ruleId}\0${secret}\0${place}`).slice(0, 16),
    valueHash: (secret) => hmac(key, secret),
  };
}

/** The key where nobody gives one: made from the oldest root commit, which every clone shares and no rebase of later work changes. */
export function deriveKey(oldestRootCommit: string): Buffer {
  return createHash('sha256').update(`deployguard-fingerprint\n${oldestRootCommit}`).digest();
}

function hmac(key: Buffer, latin1: string): string {
  return createHmac('sha256', key).update(latin1, 'latin1').digest('hex');
}
