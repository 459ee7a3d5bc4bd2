import { toDigestKey } from '@deployguard/findings';
import type { ReportedFinding } from '@deployguard/findings';
import { completeFinding } from './complete-finding.ts';
import { laterFingerprint } from './fingerprint-counter.ts';
import type { FingerprintKeys, Repeat } from './fingerprint-counter.ts';
import type { Draft, Format, Reading } from './formats/format.ts';
import { countReason, openAccount } from './report-account.ts';
import type { ReportAccount } from './report-account.ts';

/** What an entry says, or why it could not be read. */
export type EntryReadings = Reading | readonly Reading[] | { readonly problem: keyof typeof problems };

/** What an entry says. One that lists more than a call takes arguments, or makes a text longer than any can be, is too large. */
export function readEntry<Entry>(entry: Entry, variant: { read(entry: Entry): Reading | readonly Reading[] }): EntryReadings {
  try {
    return variant.read(entry);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { problem: 'too-large' };
  }
}

const problems = { damaged: 'damaged entry', 'too-large': 'entry too large' } as const;

/** What has become of some entries of a report. */
export interface Settled {
  readonly findings: readonly ReportedFinding[];
  /** Those of the findings that are not told yet from others that look alike. */
  readonly fresh: readonly FreshFinding[];
  readonly account: ReportAccount;
}

type FreshFinding = { -readonly [Key in keyof ReportedFinding]: ReportedFinding[Key] };

/** Makes findings of what entries say. Each entry comes into the account, whatever becomes of it. */
export function settleEntries<Entry>(entries: Iterable<Entry>, format: Format, read: (entry: Entry) => EntryReadings): Settled {
  const account = openAccount();
  const findings: ReportedFinding[] = [];
  const fresh: FreshFinding[] = [];
  for (const entry of entries) {
    account.entries++;
    const readings = read(entry);
    if ('problem' in readings) {
      countReason(account.lost, problems[readings.problem]);
      continue;
    }
    const list = toList(readings);
    const before = findings.length;
    for (const reading of list) {
      if ('skipped' in reading || 'missing' in reading || !hasSubject(reading)) continue;
      const finding = completeFinding(reading, format);
      findings.push(finding);
      if (reading.keptFingerprint === undefined) fresh.push(finding);
    }
    if (findings.length > before) account.mapped++;
    else countUnmapped(list, account);
  }
  account.findings = findings.length;
  return { findings, fresh, account };
}

/** By these it is told which findings look alike. */
export function listFirsts({ fresh }: Settled): FingerprintKeys {
  const keys = new Float64Array(fresh.length);
  for (let index = 0; index < fresh.length; index++) keys[index] = toDigestKey(fresh[index]!.fingerprint);
  return keys;
}

/** Those that look like findings before them get fingerprints of their own. */
export function tellApart({ fresh }: Settled, repeats: readonly Repeat[]): void {
  for (const { index, count } of repeats) fresh[index]!.fingerprint = laterFingerprint(fresh[index]!.fingerprint, count);
}

function toList(readings: Reading | readonly Reading[]): readonly Reading[] {
  return Array.isArray(readings) ? (readings as readonly Reading[]) : [readings as Reading];
}

/** What names no problem is no finding: nothing is made up for it. */
function hasSubject({ rule, title }: Draft): boolean {
  return Boolean(rule.id) || Boolean(title);
}

function countUnmapped(readings: readonly Reading[], account: ReportAccount): void {
  const missing = readings.find((reading) => 'missing' in reading);
  const skipped = readings.find((reading) => 'skipped' in reading);
  if (missing !== undefined) countReason(account.lost, missing.missing);
  else if (skipped === undefined) countReason(account.lost, 'entry without id and title');
  else countReason(account.skipped, skipped.skipped);
}
