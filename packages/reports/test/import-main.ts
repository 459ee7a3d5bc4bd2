// Imports in a process of its own, which ends with SIGKILL before it writes to its ledger for the n-th time.
import { createEgressPolicy } from '@deployguard/egress';
import { importFindings } from '../src/importers/phoenix/import-findings.ts';
import type { PhoenixCredentials } from '../src/importers/phoenix/phoenix-import.ts';
import { openFileLedger } from './file-ledger.ts';
import { listFindings } from './run-import.ts';

/** What the test sends. */
export interface ImportOrder {
  readonly url: string;
  readonly credentials: PhoenixCredentials;
  readonly ledgerPath: string;
  readonly workDirectory: string;
  readonly savesBeforeEnd: number;
}

process.once('message', ({ url, credentials, ledgerPath, workDirectory, savesBeforeEnd }: ImportOrder) => {
  const ledger = openFileLedger(ledgerPath);
  let saves = 0;
  void importFindings({
    findings: listFindings(40, 8),
    target: { url, assessmentName: 'Killed', importType: 'new' },
    credentials,
    options: {
      workDirectory,
      policy: createEgressPolicy({ allowPrivate: true }),
      allowHttp: true,
      requestsPerMinute: 60_000,
      maxBatchAssets: 2,
    },
    ledger: {
      list: () => ledger.list(),
      async save(entry) {
        if (saves++ === savesBeforeEnd) process.kill(process.pid, 'SIGKILL');
        await ledger.save(entry);
      },
    },
  }).finally(() => process.disconnect());
});
