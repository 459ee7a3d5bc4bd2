import type { FindingKind } from './finding.ts';
import type { Severity } from './severity.ts';

/** What a report of any scanner says about one problem at one place, in one shape. Nothing is invented: what a report does not say is absent. */
export interface ReportedFinding {
  /** The same for the same problem in every report of the tool, wherever the lines have moved to: 32 hex digits. */
  readonly fingerprint: string;
  readonly kind: FindingKind | 'license' | 'quality';
  readonly tool: ReportedTool;
  readonly rule: ReportedRule;
  /** One line. */
  readonly title: string;
  readonly description?: string;
  /** What to do about it. */
  readonly remedy?: string;
  readonly severity: ReportedSeverity;
  readonly cvss?: readonly CvssScore[];
  /** Numbers of the Common Weakness Enumeration. */
  readonly cwes?: readonly number[];
  /** All ids under which the vulnerability is known, CVE first: `CVE-2021-44228`, `GHSA-jfh8-c2jp-5v3q`. */
  readonly aliases?: readonly string[];
  readonly package?: ReportedPackage;
  readonly location?: ReportedLocation;
  /** What it is about, when the report names it: a host, an image, a repository. */
  readonly asset?: ReportedAsset;
  readonly references?: readonly string[];
  readonly epss?: { readonly score: number; readonly percentile?: number };
  /** Listed as exploited in the wild. */
  readonly isKnownExploited?: boolean;
  /** Why it does not count, when the report says that it does not. */
  readonly suppression?: {
    readonly kind: 'suppressed' | 'false-positive' | 'accepted' | 'fixed' | 'not-affected';
    readonly reason?: string;
  };
  /** RFC 3339. */
  readonly foundAt?: string;
  /** RFC 3339. */
  readonly publishedAt?: string;
  /** The tool's own, by which others may know it. */
  readonly toolFingerprints?: readonly ToolFingerprint[];
  /** All who reported it, when several findings were merged into this one: at least two, in the order of their fingerprints. */
  readonly sources?: readonly FindingSource[];
}

export interface ToolFingerprint {
  readonly name: string;
  readonly value: string;
  /** Whether it alone does not tell the finding from all others (SARIF §3.27.17). */
  readonly isPartial: boolean;
}

/** One of the findings that were merged. */
export interface FindingSource {
  readonly fingerprint: string;
  /** Name of the tool. */
  readonly tool: string;
  /** The format in which its report was read. */
  readonly format: string;
  readonly ruleId: string;
  readonly severity: ReportedSeverity['label'];
}

export interface ReportedTool {
  /** As people know it: `Trivy`. */
  readonly name: string;
  readonly version?: string;
  /** The format in which the report was read: `trivy`. */
  readonly format: string;
}

export interface ReportedRule {
  readonly id: string;
  readonly name?: string;
  readonly helpUri?: string;
}

/** `unknown` where neither the tool nor a CVSS score says anything: it is never shown as harmless. */
export interface ReportedSeverity {
  readonly label: Severity | 'unknown';
  /** As the report says it. */
  readonly original?: string;
  readonly source: 'tool' | 'cvss' | 'none';
}

export interface CvssScore {
  readonly version?: '2.0' | '3.0' | '3.1' | '4.0';
  readonly score?: number;
  readonly vector?: string;
  /** Who scored it. */
  readonly source?: string;
}

export interface ReportedPackage {
  readonly name: string;
  readonly version?: string;
  readonly fixedVersions?: readonly string[];
  /** Package URL (https://github.com/package-url/purl-spec). */
  readonly purl?: string;
  readonly ecosystem?: string;
}

/** Lines and columns count from 1. */
export interface ReportedLocation {
  readonly path?: string;
  readonly line?: number;
  readonly column?: number;
  readonly endLine?: number;
  /** The one after the last. */
  readonly endColumn?: number;
  readonly commit?: string;
  readonly url?: string;
  readonly method?: string;
  readonly parameter?: string;
  readonly host?: string;
  readonly port?: number;
  readonly protocol?: string;
  /** In a cloud or a cluster: its full name there. */
  readonly resource?: string;
  readonly account?: string;
  readonly region?: string;
  /** Layer of an image. */
  readonly layer?: string;
}

export interface ReportedAsset {
  readonly type: 'repository' | 'image' | 'host' | 'web' | 'cloud' | 'build';
  readonly name: string;
}
