import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { ImportLedger, LedgerEntry } from '../src/importers/phoenix/import-ledger.ts';

/** A ledger that outlives its process: a line for each save. */
export function openFileLedger(path: string): ImportLedger {
  return {
    async list() {
      const lines = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
      const entries = lines.map((line) => JSON.parse(line) as LedgerEntry);
      return [...new Map(entries.map((entry) => [entry.batch, entry])).values()];
    },
    async save(entry) {
      appendFileSync(path, `${JSON.stringify(entry)}\n`, { mode: 0o600, flush: true });
    },
  };
}
