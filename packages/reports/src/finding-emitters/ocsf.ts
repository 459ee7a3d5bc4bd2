import type { ReportedFinding } from '@deployguard/findings';
import { printJson } from '../print-json.ts';
import type { EmitterContext, FindingEmitter } from './finding-emitter.ts';

/**
 * Findings of the Open Cybersecurity Schema Framework 1.5 (https://schema.ocsf.io/1.5.0): a list of events, each of the class that fits its
 * kind. Times are milliseconds since 1970.
 */
export const ocsf: FindingEmitter = {
  format: 'ocsf',
  extension: 'ocsf.json',
  mediaType: 'application/json',
  async *emit(findings, about) {
    let isFirst = true;
    yield '[';
    for await (const finding of findings) {
      yield `${isFirst ? '\n' : ',\n'}  ${printJson(toEvent(finding, about))}`;
      isFirst = false;
    }
    yield isFirst ? ']\n' : '\n]\n';
  },
};

const classes = {
  vulnerability: { uid: 2002, name: 'Vulnerability Finding' },
  compliance: { uid: 2003, name: 'Compliance Finding' },
  detection: { uid: 2004, name: 'Detection Finding' },
  posture: { uid: 2007, name: 'Application Security Posture Finding' },
} as const;

/** A vulnerability names exactly one of CVE, CWE and advisory there; what has none of them is a detection. */
function chooseClass({ kind, cwes = [], aliases = [] }: ReportedFinding): keyof typeof classes {
  if (kind === 'misconfiguration') return 'compliance';
  if (kind === 'vulnerability') return aliases.length + cwes.length > 0 ? 'vulnerability' : 'detection';
  return cwes.length > 0 ? 'posture' : 'detection';
}

function toEvent(finding: ReportedFinding, { producer, writtenAt }: EmitterContext): object {
  const { fingerprint, title, description, severity, tool, rule, references = [], remedy, suppression, foundAt } = finding;
  const kind = chooseClass(finding);
  const time = Date.parse(foundAt ?? writtenAt);
  return {
    activity_id: 1,
    activity_name: 'Create',
    category_uid: 2,
    category_name: 'Findings',
    class_uid: classes[kind].uid,
    class_name: classes[kind].name,
    type_uid: classes[kind].uid * 100 + 1,
    time,
    severity_id: severityIds[severity.label],
    severity: severityNames[severityIds[severity.label]],
    ...describeStatus(suppression),
    message: title,
    metadata: {
      version: '1.5.0',
      product: { name: tool.name, vendor_name: tool.name, ...(tool.version !== undefined && { version: tool.version }) },
      log_provider: `${producer.name} ${producer.version}`,
      original_time: foundAt ?? writtenAt,
    },
    finding_info: {
      uid: fingerprint,
      title,
      ...(description !== undefined && { desc: description }),
      ...(foundAt !== undefined && { created_time: time }),
      types: [finding.kind],
      // A rule.
      analytic: { uid: rule.id, name: rule.name ?? rule.id, type_id: 1, type: 'Rule' },
      ...(rule.helpUri !== undefined && { src_url: rule.helpUri }),
    },
    resources: [describeResource(finding)],
    ...(remedy !== undefined &&
      kind !== 'vulnerability' && { remediation: { desc: remedy, ...(references.length > 0 && { references }) } }),
    ...(kind === 'compliance' && { compliance: { control: rule.id, standards: [tool.name], status: 'Fail', status_id: 3 } }),
    ...((kind === 'vulnerability' || kind === 'posture') && { vulnerabilities: [describeVulnerability(finding)] }),
  };
}

const severityIds = { unknown: 0, info: 1, low: 2, medium: 3, high: 4, critical: 5 } as const;
const severityNames = ['Unknown', 'Informational', 'Low', 'Medium', 'High', 'Critical'] as const;

function describeStatus(suppression: ReportedFinding['suppression']): object {
  if (suppression === undefined) return { status_id: 1, status: 'New' };
  const detail = [suppression.kind, suppression.reason].filter(Boolean).join(': ');
  return suppression.kind === 'fixed'
    ? { status_id: 4, status: 'Resolved', status_detail: detail }
    : { status_id: 3, status: 'Suppressed', status_detail: detail };
}

function describeResource({ asset, location = {} }: ReportedFinding): object {
  const name = asset?.name ?? location.resource ?? location.host ?? location.url ?? location.path ?? 'unknown';
  return {
    name,
    ...(location.resource !== undefined && { uid: location.resource }),
    ...(asset && { type: asset.type }),
    ...(location.host !== undefined && { hostname: location.host }),
    ...(location.region !== undefined && { region: location.region }),
  };
}

function describeVulnerability(finding: ReportedFinding): object {
  const { title, description, severity, tool, references = [], remedy, package: pkg, location = {}, isKnownExploited } = finding;
  const { path, line, endLine, column } = location;
  const isFixable = (pkg?.fixedVersions ?? []).length > 0;
  return {
    title,
    ...(description !== undefined && { desc: description }),
    severity: severityNames[severityIds[severity.label]],
    vendor_name: tool.name,
    ...identify(finding),
    ...(references.length > 0 && { references }),
    ...(remedy !== undefined && { remediation: { desc: remedy } }),
    ...(pkg && { is_fix_available: isFixable }),
    ...(isKnownExploited && { is_exploit_available: true }),
    ...(pkg?.version !== undefined && { affected_packages: [describePackage(pkg, path)] }),
    ...(path !== undefined &&
      pkg === undefined && {
        affected_code: [
          {
            file: { name: path.split('/').at(-1) || path, path, type_id: 1 },
            ...(line !== undefined && { start_line: line }),
            ...(endLine !== undefined && { end_line: endLine }),
            ...(column !== undefined && { start_column: column }),
          },
        ],
      }),
  };
}

function describePackage(pkg: NonNullable<ReportedFinding['package']>, path: string | undefined): object {
  const [fixed] = pkg.fixedVersions ?? [];
  return {
    name: pkg.name,
    version: pkg.version,
    ...(pkg.purl !== undefined && { purl: pkg.purl }),
    ...(pkg.ecosystem !== undefined && { package_manager: pkg.ecosystem }),
    ...(fixed !== undefined && { fixed_in_version: fixed }),
    ...(path !== undefined && { path }),
  };
}

/** Exactly one of the three. */
function identify({ aliases = [], cvss = [], cwes = [], epss, publishedAt }: ReportedFinding): object {
  const cve = aliases.find((id) => id.startsWith('CVE-'));
  const scores = cvss.flatMap(({ version, score, vector, source }) =>
    score === undefined || version === undefined
      ? []
      : [
          {
            version,
            base_score: score,
            ...(vector !== undefined && { vector_string: vector }),
            ...(source !== undefined && { vendor_name: source }),
          },
        ],
  );
  if (cve !== undefined) {
    return {
      cve: {
        uid: cve,
        ...(scores.length > 0 && { cvss: scores }),
        ...(epss && { epss: { score: String(epss.score), ...(epss.percentile !== undefined && { percentile: epss.percentile }) } }),
        ...(cwes.length > 0 && { related_cwes: cwes.map(describeCwe) }),
        ...(publishedAt !== undefined && { created_time: Date.parse(publishedAt) }),
      },
    };
  }
  return aliases[0] === undefined ? { cwe: describeCwe(cwes[0]!) } : { advisory: { uid: aliases[0] } };
}

function describeCwe(cwe: number): object {
  return { uid: `CWE-${cwe}`, src_url: `https://cwe.mitre.org/data/definitions/${cwe}.html` };
}
