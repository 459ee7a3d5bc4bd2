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

export function openAccount(): ReportAccount {
  return { entries: 0, mapped: 0, findings: 0, skipped: {}, lost: {} };
}

/** Adds what was counted of a part of the report. */
export function addToAccount(account: ReportAccount, { entries, mapped, findings, skipped, lost }: ReportAccount): void {
  account.entries += entries;
  account.mapped += mapped;
  account.findings += findings;
  for (const [reason, count] of Object.entries(skipped)) countReason(account.skipped, reason, count);
  for (const [reason, count] of Object.entries(lost)) countReason(account.lost, reason, count);
}

export function countReason(counts: Record<string, number>, reason: string, count = 1): void {
  counts[reason] = (counts[reason] ?? 0) + count;
}

/** Whether a report that gave no finding can be taken for one that has none. */
export function saysNothing({ mapped, lost, damage }: ReportAccount): boolean {
  return mapped === 0 && damage === undefined && Object.keys(lost).length === 0;
}
