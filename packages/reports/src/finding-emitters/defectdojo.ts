import type { ReportedFinding } from '@deployguard/findings';
import { emitItems } from './emit-items.ts';
import type { FindingEmitter } from './finding-emitter.ts';

/** "Generic Findings Import" of DefectDojo in JSON (https://docs.defectdojo.com/supported_tools/parsers/generic_findings_import/). */
export const defectdojo: FindingEmitter = {
  format: 'defectdojo',
  extension: 'json',
  mediaType: 'application/json',
  async *emit(findings) {
    yield '{\n  "findings": [';
    yield* emitItems(findings, toItem);
    yield ']\n}\n';
  },
};

function toItem(finding: ReportedFinding): object {
  const { aliases = [], cvss = [], cwes = [], epss, package: pkg, location = {}, rule, suppression, references = [] } = finding;
  const cve = aliases.find((id) => id.startsWith('CVE-'));
  const v3 = cvss.find(({ version, vector }) => version === '3.0' || version === '3.1' || vector?.startsWith('CVSS:3'));
  const v4 = cvss.find(({ version, vector }) => version === '4.0' || vector?.startsWith('CVSS:4'));
  const isUrl = location.url !== undefined && URL.canParse(location.url);
  return {
    title: finding.title,
    description: finding.description ?? finding.title,
    severity: severityWords[finding.severity.label],
    ...(finding.remedy !== undefined && { mitigation: finding.remedy }),
    ...(references.length > 0 && { references: references.join('\n') }),
    ...(finding.foundAt !== undefined && { date: finding.foundAt.slice(0, 10) }),
    ...(finding.publishedAt !== undefined && { publish_date: finding.publishedAt.slice(0, 10) }),
    ...(cve !== undefined && { cve }),
    ...(cwes[0] !== undefined && { cwe: cwes[0] }),
    ...(v3?.vector?.startsWith('CVSS:3') && { cvssv3: v3.vector }),
    ...(v3?.score !== undefined && { cvssv3_score: v3.score }),
    ...(v4?.vector !== undefined && { cvssv4: v4.vector }),
    ...(v4?.score !== undefined && { cvssv4_score: v4.score }),
    ...(epss && { epss_score: epss.score, ...(epss.percentile !== undefined && { epss_percentile: epss.percentile }) }),
    ...(finding.isKnownExploited && { known_exploited: true }),
    ...(pkg && { component_name: pkg.name, ...(pkg.version !== undefined && { component_version: pkg.version }) }),
    ...(pkg?.fixedVersions && { fix_available: true, fix_version: pkg.fixedVersions.join(', ').slice(0, 100) }),
    ...(location.path !== undefined && { file_path: location.path }),
    ...(location.line !== undefined && { line: location.line }),
    ...(location.parameter !== undefined && { param: location.parameter }),
    ...(isUrl && { endpoints: [location.url] }),
    unique_id_from_tool: finding.fingerprint,
    vuln_id_from_tool: rule.id,
    active: suppression === undefined,
    false_p: suppression?.kind === 'false-positive',
    risk_accepted: suppression?.kind === 'accepted',
    out_of_scope: suppression?.kind === 'not-affected',
    is_mitigated: suppression?.kind === 'fixed',
    static_finding: !isUrl && location.host === undefined,
    dynamic_finding: isUrl || location.host !== undefined,
    tags: [finding.kind, finding.tool.name, ...(finding.severity.label === 'unknown' ? ['severity-unknown'] : [])],
  };
}

/** There is no word for "unknown" there; what nobody rated must not look harmless, so it is high, with a tag that says so. */
const severityWords: Readonly<Record<ReportedFinding['severity']['label'], string>> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  info: 'Info',
  unknown: 'High',
};
