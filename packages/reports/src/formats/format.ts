import type { CvssScore, ReportedFinding, ReportedLocation, ReportedPackage, ReportedRule, Severity } from '@deployguard/findings';
import type { JsonLayout } from '../reading/json-layout.ts';
import type { CsvOutline } from '../reading/outline-csv.ts';
import type { JsonOutline } from '../reading/outline-json.ts';
import type { TextOutline } from '../reading/outline-text.ts';
import type { XmlOutline } from '../reading/outline-xml.ts';
import type { CsvEntry, CsvLayout } from '../reading/read-csv-entries.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { TextEntry, TextLayout } from '../reading/read-text-entries.ts';
import type { XmlEntry, XmlLayout } from '../reading/read-xml-entries.ts';

/** One scanner's reports, in all the shapes that its versions write. */
export interface Format {
  /** What the user types as `--scanner-type`: `trivy`. The file is named after it. */
  readonly id: string;
  /** As people know it: `Trivy`. */
  readonly name: string;
  readonly variants: readonly Variant[];
}

/** One shape of a scanner's reports. */
export type Variant = JsonVariant | XmlVariant | CsvVariant | TextVariant;

export type JsonVariant = Shape<'json', JsonOutline, JsonLayout, JsonEntry>;
export type XmlVariant = Shape<'xml', XmlOutline, XmlLayout, XmlEntry>;
export type CsvVariant = Shape<'csv', CsvOutline, CsvLayout, CsvEntry>;
export type TextVariant = Shape<'text', TextOutline, TextLayout, TextEntry>;

interface Shape<Form, Outline, Layout, Entry> {
  readonly form: Form;
  /**
   * Whether a report has this shape. True only when it can be of no other scanner, except for shapes that many scanners write
   * (`isShared`), which give way to a scanner's own.
   */
  recognises(outline: Outline): boolean;
  readonly isShared?: boolean;
  /** Its entries tell the scanner by themselves, also when another program has taken their list out of the report: `jq .results`. JSON only. */
  readonly isToldByEntries?: boolean;
  readonly layout: Layout;
  /** What an entry says; it may be anything, and what it lacks is left out. */
  read(entry: Entry): Reading | readonly Reading[];
}

/** What became of an entry: a finding, or a reason why it is none. */
export type Reading = Draft | Skipped | Missing;

/** Stands for an entry that is no finding; the reason is a fixed phrase, counted for the user: `passed check`. */
export interface Skipped {
  readonly skipped: string;
}

/**
 * Stands for something that the scanner says it could not do, so that the report is not whole; the reason is a fixed phrase: `scan that was
 * aborted`. Such an entry is lost.
 */
export interface Missing {
  readonly missing: string;
}

/** A finding as a report says it, before it is put into our own words: severity, fingerprint, limits. Any field may be undefined. */
export interface Draft extends Loose<DraftFields> {
  readonly kind: ReportedFinding['kind'];
  readonly rule: Loose<ReportedRule>;
}

interface DraftFields extends Omit<
  ReportedFinding,
  'fingerprint' | 'kind' | 'tool' | 'rule' | 'severity' | 'cvss' | 'package' | 'location' | 'suppression'
> {
  /** As the report says it. */
  readonly severity: string;
  /** Where the scanner's words mean something else than they say. */
  readonly severityLabel: Severity;
  /** Those without score and vector are left out; a version that the vector begins with need not be told. */
  readonly cvss: readonly Loose<CvssScore>[];
  readonly package: Loose<ReportedPackage>;
  readonly location: Loose<ReportedLocation>;
  readonly suppression: Loose<NonNullable<ReportedFinding['suppression']>> & Pick<NonNullable<ReportedFinding['suppression']>, 'kind'>;
  /** The scanner's own, when it is stable. */
  readonly ownFingerprint: string;
  /** Ours, in what we wrote ourselves: it stays as it is. */
  readonly keptFingerprint: string;
  /** What tells this finding from others of its rule and place besides the line, such as the code; never shown. */
  readonly identity: string;
  /** `format`: only in what we wrote ourselves. */
  readonly tool: { readonly name?: string | undefined; readonly version?: string | undefined; readonly format?: string | undefined };
}

/** Fields may be undefined. */
export type Loose<Type> = { readonly [Key in keyof Type]?: Type[Key] | undefined };
