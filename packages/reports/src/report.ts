import type { Finding, Severity } from '@deployguard/findings';

/** What an emitter writes: the findings of one examination and what is known about it. */
export interface Report {
  readonly tool: ReportTool;
  readonly subject: ReportSubject;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly durationSeconds: number;
  /** Every rule that a finding names; further ones are allowed. */
  readonly rules: readonly ReportRule[];
  /** Known before the findings are read, because some formats begin with it. */
  readonly summary: ReportSummary;
  /** Read once, in order: a million findings need not be in memory. */
  readonly findings: Iterable<Finding> | AsyncIterable<Finding>;
  /** What was recognised and then not reported, with its reason. Only written by the formats made for reading all of it (JSON, JSONL). */
  readonly dropped?: Iterable<DroppedItem> | AsyncIterable<DroppedItem>;
  readonly coverage?: ReportCoverage;
}

export interface ReportTool {
  readonly name: string;
  readonly version: string;
  readonly informationUri?: string;
}

/** What was examined. */
export interface ReportSubject {
  readonly name: string;
  /** Absolute, without credentials. */
  readonly uri?: string;
  /** The commit that was the tip of the default branch. */
  readonly revision?: string;
}

export interface ReportRule {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly helpUri?: string;
  /** What to do about a finding, one step an item. */
  readonly guidance?: readonly string[];
  readonly tags?: readonly string[];
}

export interface ReportSummary {
  readonly total: number;
  readonly bySeverity: Readonly<Record<Severity, number>>;
}

/** Something a rule recognised that is no finding. */
export interface DroppedItem {
  readonly ruleId: string;
  readonly path?: string;
  readonly line?: number;
  /** Stable word, such as `low-entropy`. */
  readonly reason: string;
  /** The reason in a sentence. */
  readonly explanation: string;
  readonly preview?: string;
}

/** What was read and what was not, so that "nothing found" can be told from "nothing read". */
export interface ReportCoverage {
  readonly objects: Readonly<Record<string, { readonly seen: number; readonly scanned: number; readonly bytes: number }>>;
  readonly refs: number;
  readonly skipped: readonly { readonly what: string; readonly reason: string; readonly count: number }[];
}
