import type { ReportedFinding } from '@deployguard/findings';
import { completeFinding, FingerprintCounter } from './complete-finding.ts';
import type { Draft, Format, JsonVariant, Reading } from './formats/format.ts';
import { readJsonEntries } from './reading/read-json-entries.ts';
import type { JsonEntry } from './reading/read-json-entries.ts';
import type { ReportBytes } from './reading/report-bytes.ts';
import { ReportError } from './reading/report-error.ts';

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
export async function* readReport(
  source: ReportBytes,
  { format, variant }: { readonly format: Format; readonly variant: JsonVariant },
  account: ReportAccount,
): AsyncGenerator<ReportedFinding[]> {
  const fingerprints = new FingerprintCounter();
  try {
    for await (const entries of readJsonEntries(source, variant.layout)) {
      yield entries.flatMap((entry) => readEntry(entry, format, variant, fingerprints, account));
    }
  } catch (error) {
    if (!(error instanceof ReportError) || error.code !== 'REPORT_UNREADABLE') throw error;
    account.damage = error.message;
  }
}

export function openAccount(): ReportAccount {
  return { entries: 0, mapped: 0, findings: 0, skipped: {}, lost: {} };
}

function readEntry(
  entry: JsonEntry,
  format: Format,
  variant: JsonVariant,
  fingerprints: FingerprintCounter,
  account: ReportAccount,
): ReportedFinding[] {
  account.entries++;
  if (entry.problem !== undefined) return lose(account, problems[entry.problem]);
  const readings = [variant.read(entry)].flat() as readonly Reading[];
  const drafts = readings.filter((reading): reading is Draft => !('skipped' in reading) && hasSubject(reading));
  if (drafts.length > 0) {
    account.mapped++;
    account.findings += drafts.length;
    return drafts.map((draft) => completeFinding(draft, format, fingerprints));
  }
  const skipped = readings.find((reading) => 'skipped' in reading);
  if (skipped === undefined) return lose(account, 'entry without id and title');
  account.skipped[skipped.skipped] = (account.skipped[skipped.skipped] ?? 0) + 1;
  return [];
}

const problems = { damaged: 'damaged entry', 'too-large': 'entry too large' } as const;

/** What names no problem is no finding: nothing is made up for it. */
function hasSubject({ rule, title }: Draft): boolean {
  return Boolean(rule.id) || Boolean(title);
}

function lose({ lost }: ReportAccount, reason: string): [] {
  lost[reason] = (lost[reason] ?? 0) + 1;
  return [];
}
