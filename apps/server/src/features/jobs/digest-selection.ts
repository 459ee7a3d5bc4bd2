import { createHash } from 'node:crypto';

/** Tells one selection from another: by the keyed hashes of its values, in whatever order. */
export function digestSelection(valueHashes: readonly string[]): string {
  return createHash('sha256').update(valueHashes.toSorted().join('\n')).digest('hex');
}
