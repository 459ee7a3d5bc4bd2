import type { ImportType } from './phoenix-import.ts';

/**
 * What an import has sent, kept where a crash does not reach it. An import that is begun again with the same ledger and the same findings
 * goes on where it stopped. Each import has a ledger of its own.
 */
export interface ImportLedger {
  /** All entries, the latest of each batch. */
  list(): Promise<readonly LedgerEntry[]>;
  /** Replaces the entry of the batch. When it resolves, the entry is safe. */
  save(entry: LedgerEntry): Promise<void>;
}

export interface LedgerEntry {
  /** `1`, `2`, and `2.1` and `2.2` for the halves of 2. */
  readonly batch: string;
  /** Of what is in it: 64 hex digits. */
  readonly digest: string;
  /**
   * `sending`: written before it is sent, so that one that stands here when an import begins was interrupted; `halved`: stands in the entries of
   * its halves, or will.
   */
  readonly state: 'sending' | 'imported' | 'refused' | 'halved';
  readonly importType: ImportType;
  readonly assets: number;
  readonly findings: number;
  readonly bytes: number;
  /** RFC 3339: when it was last sent, or halved. */
  readonly at: string;
  /** Phoenix's own id of the import, if it gave one. */
  readonly requestId?: string;
}
