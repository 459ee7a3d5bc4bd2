import type { Severity } from './severity.ts';

/** What sort of problem a finding is. */
export type FindingKind = 'secret' | 'vulnerability' | 'weakness' | 'misconfiguration';

/** One problem at one place, from any source. */
export interface Finding {
  /** Fingerprint: 16 hex digits, the same in every run and after line shifts, rebases and re-clones. */
  readonly id: string;
  readonly kind: FindingKind;
  /** The program that reported it, such as `deployguard`. */
  readonly tool: string;
  readonly ruleId: string;
  /** What it is, in a few words: `GitHub personal access token`. */
  readonly title: string;
  /** Why it matters and what was seen; never holds a secret's value. */
  readonly description: string;
  readonly severity: Severity;
  readonly location: Location;
  /** What to do about it, one step a line. */
  readonly guidance?: readonly string[];
  readonly references?: readonly string[];
  /** Further facts for reports, in the order they should be shown. */
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

/** Where a finding is. Lines and columns count from 1; columns count bytes; ends are inclusive. */
export interface Location {
  /** As text; what is no UTF-8 as `quotePath` writes it. */
  readonly path?: string;
  readonly line?: number;
  readonly column?: number;
  readonly endLine?: number;
  readonly endColumn?: number;
  readonly commit?: CommitReference;
}

/** The commit in which a finding was first seen. */
export interface CommitReference {
  readonly id: string;
  readonly authorName: string;
  readonly authorEmail: string;
  /** RFC 3339. */
  readonly date: string;
  /** First line of the message. */
  readonly subject: string;
}
