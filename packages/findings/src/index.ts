export type { CommitReference, Finding, FindingKind, Location } from './finding.ts';
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
} from './reported-finding.ts';
