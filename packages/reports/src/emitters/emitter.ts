import type { Report } from '../report.ts';

/** Writes a report in one format. */
export interface Emitter {
  /** What the user types: `sarif`. */
  readonly format: string;
  /** Of the file, without the dot. */
  readonly extension: string;
  readonly mediaType: string;
  /** The document in pieces, in order; the pieces together are the file. */
  emit(report: Report): AsyncIterable<string>;
}
