import { createHash } from 'node:crypto';

/** What an entry's hash covers. */
export interface HashedEntry {
  readonly tenantId: string;
  readonly seq: number;
  readonly id: string;
  readonly createdAt: Date;
  readonly userId: string;
  readonly action: string;
  readonly jobId: string | null;
  /** The JSON text as it is stored. */
  readonly details: string;
  readonly ip: string | null;
  readonly requestId: string | null;
}

/** Stands before the first entry of every chain. */
export const chainStart = '0'.repeat(64);

/**
 * SHA-256, in hex, over the hash of the entry before and this entry's fields as one JSON array in the order below: the same bytes for the
 * same entry, whoever computes it, and no two entries with the same bytes.
 */
export function hashEntry(previousHash: string, entry: HashedEntry): string {
  const { tenantId, seq, id, createdAt, userId, action, jobId, details, ip, requestId } = entry;
  const fields = [previousHash, tenantId, seq, id, createdAt.toISOString(), userId, action, jobId, details, ip, requestId];
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex');
}
