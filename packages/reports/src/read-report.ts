import type { ReportedFinding } from '@deployguard/findings';
import { completeFinding } from './complete-finding.ts';
import { FingerprintCounter } from './fingerprint-counter.ts';
import type { Draft, Format, Reading, Variant } from './formats/format.ts';
import { readCsvEntries } from './reading/read-csv-entries.ts';
import { readJsonEntries } from './reading/read-json-entries.ts';
import { readTextEntries } from './reading/read-text-entries.ts';
import { readXmlEntries } from './reading/read-xml-entries.ts';
import type { ReportBytes } from './reading/report-bytes.ts';
import { ReportError } from './reading/report-error.ts';
import type { Recognition } from './recognize.ts';

/** What became of the entries of a report: each is either mapped to findings or skipped for a reason. */
export interface ReportAccount {
  entries: number;
  mapped: number;
  findings: number;
  /** How many entries say themselves that they are no findings, by reason: `passed check`. */
  readonly skipped: Record<string, number>;
  /** How many entries could not be understood, by reason. */
  readonly lost: Record<string, number>;
  /** Set when the report breaks off: what comes behind that place is missing. */
  damage?: string;
}

/** Whether a report that gave no finding can be taken for one that has none. */
export function saysNothing({ mapped, lost, damage }: ReportAccount): boolean {
  return mapped === 0 && damage === undefined && Object.keys(lost).length === 0;
}

/** Reads a report as what it was recognised as, in batches. `account` is kept up to date and complete when the last batch has come. */
export async function* readReport(source: ReportBytes, recognition: Recognized, account: ReportAccount): AsyncGenerator<ReportedFinding[]> {
  yield* readFile(source, recognition, account, new FingerprintCounter());
}

type Recognized = Omit<Extract<Recognition, { outcome: 'recognized' }>, 'outcome'>;

async function* readFile(
  source: ReportBytes,
  { format, variant, members }: Recognized,
  account: ReportAccount,
  fingerprints: FingerprintCounter,
): AsyncGenerator<ReportedFinding[]> {
  if (source.members) {
    for (const [index, file] of source.members.entries()) {
      const member = members?.[index];
      if (member?.outcome === 'recognized') yield* readFile(file, member, account, fingerprints);
      else settle([{ skipped: 'other file of the archive' }], format, fingerprints, account, []);
    }
    return;
  }
  try {
    for await (const entries of readEntries(source, variant)) {
      const findings: ReportedFinding[] = [];
      for (const readings of entries) settle(readings, format, fingerprints, account, findings);
      yield findings;
    }
  } catch (error) {
    if (!(error instanceof ReportError) || error.code !== 'REPORT_UNREADABLE') throw error;
    account.damage = error.message;
  }
}

export function openAccount(): ReportAccount {
  return { entries: 0, mapped: 0, findings: 0, skipped: {}, lost: {} };
}

/** What an entry says, or why it could not be read. */
type EntryReadings = readonly Reading[] | { readonly problem: keyof typeof problems };

async function* readEntries(source: ReportBytes, variant: Variant): AsyncGenerator<EntryReadings[]> {
  switch (variant.form) {
    case 'json':
      for await (const batch of readJsonEntries(source, variant.layout)) {
        yield batch.map((entry) => (entry.problem ? { problem: entry.problem } : toList(variant.read(entry))));
      }
      return;
    case 'xml':
      for await (const batch of readXmlEntries(source, variant.layout)) yield batch.map((entry) => toList(variant.read(entry)));
      return;
    case 'csv':
      for await (const batch of readCsvEntries(source, variant.layout)) yield batch.map((entry) => toList(variant.read(entry)));
      return;
    case 'text':
      for await (const batch of readTextEntries(source, variant.layout)) yield batch.map((entry) => toList(variant.read(entry)));
  }
}

function toList(readings: Reading | readonly Reading[]): readonly Reading[] {
  return Array.isArray(readings) ? (readings as readonly Reading[]) : [readings as Reading];
}

function settle(
  readings: EntryReadings,
  format: Format,
  fingerprints: FingerprintCounter,
  account: ReportAccount,
  findings: ReportedFinding[],
): void {
  account.entries++;
  if ('problem' in readings) {
    lose(account, problems[readings.problem]);
    return;
  }
  const before = findings.length;
  for (const reading of readings) {
    if (!('skipped' in reading || 'missing' in reading) && hasSubject(reading))
      findings.push(completeFinding(reading, format, fingerprints));
  }
  if (findings.length > before) {
    account.mapped++;
    account.findings += findings.length - before;
    return;
  }
  const missing = readings.find((reading) => 'missing' in reading);
  const skipped = readings.find((reading) => 'skipped' in reading);
  if (missing !== undefined) lose(account, missing.missing);
  else if (skipped === undefined) lose(account, 'entry without id and title');
  else account.skipped[skipped.skipped] = (account.skipped[skipped.skipped] ?? 0) + 1;
}

const problems = { damaged: 'damaged entry', 'too-large': 'entry too large' } as const;

/** What names no problem is no finding: nothing is made up for it. */
function hasSubject({ rule, title }: Draft): boolean {
  return Boolean(rule.id) || Boolean(title);
}

function lose({ lost }: ReportAccount, reason: string): void {
  lost[reason] = (lost[reason] ?? 0) + 1;
}
