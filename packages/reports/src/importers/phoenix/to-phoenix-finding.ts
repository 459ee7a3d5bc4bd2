import { describeReportedPlace } from '@deployguard/findings';
import type { ReportedFinding } from '@deployguard/findings';
import type { AssetType, PhoenixOptions } from './phoenix-import.ts';

const mostReferences = 20;

export type FindingStyle = Pick<PhoenixOptions, 'severityAs' | 'dateStyle' | 'isRiskless'>;

/** A finding as `POST /v1/import/assets` takes it (Phoenix Security API 1.27, schema `ImportFinding`). */
export function toPhoenixFinding(finding: ReportedFinding, assetType: AssetType, style: FindingStyle): object {
  const { title, description, severity, aliases = [], cwes = [], publishedAt } = finding;
  const place = describeReportedPlace(finding) ?? (assetType === 'CODE' ? finding.rule.id : undefined);
  const score = severityScores[style.isRiskless ? 'info' : severity.label];
  return {
    name: title,
    description: description || title,
    remedy: finding.remedy || describeUpdate(finding) || 'The scanner names none.',
    severity: style.severityAs === 'number' ? Number(score) : score,
    ...(place !== undefined && { location: place }),
    ...(aliases.length > 0 && { referenceIds: aliases }),
    ...(cwes.length > 0 && { cwes: cwes.map((cwe) => `CWE-${cwe}`) }),
    ...(publishedAt !== undefined && { publishedDateTime: toDateTime(publishedAt, style) }),
    details: describeDetails(finding),
  };
}

/** What Phoenix asks for of each finding, and this one does not have. */
export function listLacks(finding: ReportedFinding, assetType: AssetType): string[] {
  return [
    ...(finding.description ? [] : ['description']),
    ...(finding.remedy || describeUpdate(finding) ? [] : ['remedy']),
    ...(assetType === 'CODE' && describeReportedPlace(finding) === undefined ? ['location'] : []),
    ...(finding.severity.label === 'unknown' ? ['severity'] : []),
  ];
}

/** What nobody rated must not look harmless: it is high, and the details say that it is unknown. */
const severityScores: Readonly<Record<ReportedFinding['severity']['label'], string>> = {
  critical: '10.0',
  high: '8.0',
  medium: '5.0',
  low: '2.0',
  info: '1.0',
  unknown: '8.0',
};

function describeUpdate({ package: pkg }: ReportedFinding): string | undefined {
  return pkg?.fixedVersions?.length ? `Update ${pkg.name} to ${pkg.fixedVersions.join(' or ')}.` : undefined;
}

/** From RFC 3339 in UTC. */
function toDateTime(time: string, { dateStyle = 'colons' }: FindingStyle): string {
  const [date, clock] = [time.slice(0, 10), time.slice(11, 19)];
  return `${dateStyle === 'colons' ? date.replaceAll('-', ':') : date} ${clock}`;
}

/** What Phoenix has no field for and only shows. */
function describeDetails(finding: ReportedFinding): object {
  const { fingerprint, kind, tool, rule, severity, cvss, package: pkg, references, epss, isKnownExploited, foundAt } = finding;
  return {
    fingerprint,
    kind,
    scanner: tool.version === undefined ? tool.name : `${tool.name} ${tool.version}`,
    rule: rule.id,
    severity: severity.label,
    ...(severity.original !== undefined && { originalSeverity: severity.original }),
    ...(cvss && { cvss }),
    ...(pkg && { package: pkg }),
    ...(references && { references: references.slice(0, mostReferences) }),
    ...(epss && { epss }),
    ...(isKnownExploited && { isKnownExploited }),
    ...(foundAt !== undefined && { foundAt }),
  };
}
