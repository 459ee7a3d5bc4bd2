import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { createEgressPolicy } from '@deployguard/egress';
import type { ReportedFinding } from '@deployguard/findings';
import type { TestPhoenix } from '@deployguard/testkit';
import { importFindings } from '../src/importers/phoenix/import-findings.ts';
import type { ImportLedger, LedgerEntry } from '../src/importers/phoenix/import-ledger.ts';
import type {
  Clock,
  FindingsImport,
  ImportEvent,
  ImportOutcome,
  PhoenixOptions,
  PhoenixTarget,
} from '../src/importers/phoenix/phoenix-import.ts';
import { aReportedFinding } from './a-reported-finding.ts';

export interface TestImport {
  readonly server: TestPhoenix;
  readonly findings: FindingsImport['findings'];
  readonly target?: Partial<PhoenixTarget>;
  readonly options?: Partial<PhoenixOptions>;
  readonly credentials?: FindingsImport['credentials'];
  readonly ledger?: ImportLedger;
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: ImportEvent) => void;
}

/** Imports to a stand-in over real HTTP, into an assessment of its own unless one is named, and on a clock that waits for nothing. */
export async function runImport({
  server,
  findings,
  target,
  options,
  credentials,
  ledger,
  signal,
  onProgress,
}: TestImport): Promise<ImportOutcome> {
  return await importFindings({
    findings,
    target: { url: server.url, assessmentName: `Assessment ${randomUUID()}`, importType: 'new', ...target },
    credentials: credentials ?? server.credentials,
    options: {
      workDirectory: tmpdir(),
      policy: createEgressPolicy({ allowPrivate: true }),
      allowHttp: true,
      clock: createQuickClock(),
      ...options,
    },
    ledger: ledger ?? createMemoryLedger(),
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
}

/** A clock on which a wait is over at once, and how long each was. */
export function createQuickClock(): Clock & { readonly waits: number[] } {
  let now = Date.now();
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    async wait(milliseconds, signal) {
      signal?.throwIfAborted();
      now += milliseconds;
      waits.push(milliseconds);
    },
  };
}

export function createMemoryLedger(): ImportLedger & { readonly entries: Map<string, LedgerEntry> } {
  const entries = new Map<string, LedgerEntry>();
  return { entries, list: async () => [...entries.values()], save: async (entry) => void entries.set(entry.batch, entry) };
}

/** A finding in a file of a repository, which no other finding is taken for. */
export function aFindingOf(repository: string, number: number, description = 'It is wrong.'): ReportedFinding {
  return aReportedFinding({
    fingerprint: number.toString(16).padStart(32, '0'),
    title: `Problem ${number}`,
    description,
    location: { path: `src/${number}.ts`, line: 1 },
    asset: { type: 'repository', name: repository },
  });
}

/** So many findings in so many repositories, in turn. */
export function listFindings(count: number, repositories: number): ReportedFinding[] {
  return Array.from({ length: count }, (_, number) => aFindingOf(`app-${number % repositories}`, number));
}

/** As the inventory lists them. */
export function describeFindings(findings: readonly ReportedFinding[]): string[] {
  return findings.map(({ asset, title }) => `repository=${asset!.name}: ${title}`).sort();
}
