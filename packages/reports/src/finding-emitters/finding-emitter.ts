import type { ReportedFinding, Rereadable } from '@deployguard/findings';

/** Writes findings of scanners in one format. */
export interface FindingEmitter {
  /** What the user types: `sarif`. */
  readonly format: string;
  /** Of the file, without the dot. */
  readonly extension: string;
  readonly mediaType: string;
  /** Whether the format has a place for a finding; by default for all. The others must not be given to it. */
  holds?(finding: ReportedFinding): boolean;
  /**
   * The document in pieces, in order. Findings may be read several times, so that none of them needs to be kept.
   *
   * @throws {ReportError} `REPORT_MIXED` when they do not fit into one document
   */
  emit(findings: Rereadable<ReportedFinding>, about: EmitterContext): AsyncIterable<string>;
}

/** What a document says of itself. */
export interface EmitterContext {
  /** Who writes it. */
  readonly producer: { readonly name: string; readonly version: string };
  /** RFC 3339. */
  readonly writtenAt: string;
}
