export { describeReportedPlace } from './describe-reported-place.ts';
export { DigestTable, toDigestKey } from './duplicates/digest-table.ts';
export type { Rereadable } from './duplicates/deduplicate-findings.ts';
export type { CommitReference, Finding, FindingKind, Location } from './finding.ts';
export { quotePath, unquotePath } from './quote-path.ts';
export { compareSeverity, isAtLeast, severities } from './severity.ts';
export type { Severity } from './severity.ts';
export type {
  CvssScore,
  FindingSource,
  ReportedAsset,
  ReportedFinding,
  ReportedLocation,
  ReportedPackage,
  ReportedRule,
  ReportedSeverity,
  ReportedTool,
  ToolFingerprint,
} from './reported-finding.ts';
