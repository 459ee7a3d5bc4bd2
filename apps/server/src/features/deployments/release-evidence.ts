import type { ImageSignature, ScannerName } from '@deployguard/delivery';
import type { ReportedFinding } from '@deployguard/findings';

/** What is kept of a release beside its attestation. */
export interface ReleaseEvidence {
  /** What signatures are about: the image without its digest, or the application. */
  readonly name: string;
  /** How many packages its bill of materials names. */
  readonly components: number;
  /** Of an image. */
  readonly imageSignature?: ImageSignature;
  readonly scan: ScanVerdict;
}

export type Severity = ReportedFinding['severity']['label'];

/** What a scanner for vulnerabilities said, or why none said anything. */
export type ScanVerdict =
  | {
      readonly status: 'done';
      readonly scanner: ScannerName;
      readonly counts: Readonly<Record<Severity, number>>;
      /** The worst ones first. */
      readonly vulnerabilities: readonly Vulnerability[];
    }
  | { readonly status: 'skipped'; readonly reason: string }
  | { readonly status: 'failed'; readonly scanner: ScannerName; readonly reason: string };

export interface Vulnerability {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly package: string | null;
  readonly version: string | null;
  readonly fixed_versions: readonly string[];
}
