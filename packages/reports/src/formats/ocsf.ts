import type { CvssScore, ReportedFinding, Severity } from '@deployguard/findings';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { lineAt, listAt, numberAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonOutline } from '../reading/outline-json.ts';
import type { Draft, Format, JsonVariant, Loose, Reading } from './format.ts';

/**
 * Findings of the Open Cybersecurity Schema Framework of any tool (https://schema.ocsf.io/categories/findings): a list of them, or one a
 * line. The tool is the one that they name.
 */
export const ocsf: Format = {
  id: 'ocsf',
  name: 'OCSF',
  variants: [variant('$[]'), variant('$')],
};

function variant(entry: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) => isOcsf(outline, entry) && !outline.matches(`${entry}.metadata.product.name`, /^prowler$/i),
    layout: { entries: [entry] },
    read: ({ value }) => readOcsfFinding(value),
  };
}

/** Whether there are events of the category "Findings". */
export function isOcsf(outline: JsonOutline, entry: string): boolean {
  return outline.has(`${entry}.metadata.product`) && outline.matches(`${entry}.class_uid`, /^200\d$/);
}

/** Of `severity_id`; 0 is "unknown" and 99 "other". */
const labels: ReadonlyMap<number, Severity> = new Map([
  [1, 'info'],
  [2, 'low'],
  [3, 'medium'],
  [4, 'high'],
  [5, 'critical'],
  [6, 'critical'],
]);

export function readOcsfFinding(value: unknown): Reading | readonly Reading[] {
  const status = (textAt(value, 'status_code') ?? textAt(value, 'compliance', 'status'))?.toUpperCase();
  if (status === 'PASS' || status === 'PASSED') return { skipped: 'passed check' };
  if (status === 'MANUAL') return { skipped: 'check to be made by hand' };
  const common = readCommon(value);
  const vulnerabilities = listAt(value, 'vulnerabilities');
  return vulnerabilities.length === 0 ? common : vulnerabilities.map((vulnerability) => addVulnerability(common, vulnerability));
}

function readCommon(value: unknown): Draft {
  // Until version 1.1 the member was called `finding`.
  const info = objectAt(value, 'finding_info') ?? objectAt(value, 'finding');
  const title = textAt(info, 'title') ?? textAt(value, 'message');
  const resource = objectAt(value, 'resources', 0) ?? objectAt(value, 'resource');
  const classId = numberAt(value, 'class_uid');
  return {
    kind: chooseKind(classId),
    rule: { id: textAt(value, 'metadata', 'event_code') ?? textAt(value, 'compliance', 'control') ?? textAt(info, 'types', 0) ?? title },
    title,
    description: joinLines(textAt(info, 'desc'), textAt(value, 'status_detail') ?? textAt(value, 'message'), textAt(value, 'risk_details')),
    remedy: textAt(value, 'remediation', 'desc') ?? textAt(info, 'remediation', 'desc'),
    severity: textAt(value, 'severity'),
    severityLabel: labels.get(numberAt(value, 'severity_id') ?? 0),
    location: {
      resource: textAt(resource, 'uid') ?? textAt(resource, 'name'),
      account: textAt(value, 'cloud', 'account', 'uid'),
      region: textAt(resource, 'region') ?? textAt(value, 'cloud', 'region'),
    },
    asset: readAsset(value),
    references: [
      textAt(value, 'unmapped', 'related_url'),
      ...textsAt(value, 'remediation', 'references'),
      ...textsAt(info, 'src_url'),
    ].filter((text) => text !== undefined && /^https?:\/\//.test(text)) as string[],
    suppression: readSuppression(value),
    foundAt: readTime(value, 'time') ?? readTime(info, 'created_time'),
    ownFingerprint: textAt(info, 'uid'),
    tool: { name: textAt(value, 'metadata', 'product', 'name'), version: textAt(value, 'metadata', 'product', 'version') },
  };
}

function addVulnerability(common: Draft, vulnerability: unknown): Draft {
  const cve = objectAt(vulnerability, 'cve');
  const pkg = objectAt(vulnerability, 'affected_packages', 0) ?? objectAt(vulnerability, 'packages', 0);
  const code = objectAt(vulnerability, 'affected_code', 0);
  const epss = numberAt(cve, 'epss', 'score');
  const percentile = numberAt(cve, 'epss', 'percentile');
  const id = textAt(cve, 'uid') ?? textAt(vulnerability, 'advisory', 'uid');
  const { ownFingerprint, ...rest } = common;
  return {
    ...rest,
    kind: 'vulnerability',
    rule: { ...common.rule, id: id ?? common.rule.id },
    title: textAt(vulnerability, 'title') ?? common.title,
    description: textAt(vulnerability, 'desc') ?? common.description,
    remedy: textAt(vulnerability, 'remediation', 'desc') ?? common.remedy,
    severity: textAt(vulnerability, 'severity') ?? common.severity,
    severityLabel: textAt(vulnerability, 'severity') === undefined ? common.severityLabel : undefined,
    cvss: listAt(cve, 'cvss').map(readCvss),
    cwes: parseCwes(
      textAt(vulnerability, 'cwe', 'uid'),
      textAt(cve, 'cwe', 'uid'),
      ...listAt(cve, 'related_cwes').map((cwe) => textAt(cwe, 'uid')),
    ),
    aliases: parseVulnerabilityIds(id, textAt(vulnerability, 'advisory', 'uid')),
    package: {
      name: textAt(pkg, 'name'),
      version: textAt(pkg, 'version'),
      purl: textAt(pkg, 'purl'),
      ecosystem: textAt(pkg, 'package_manager') ?? textAt(pkg, 'type'),
      fixedVersions: textsAt(pkg, 'fixed_in_version'),
    },
    location: {
      ...common.location,
      path: textAt(code, 'file', 'path') ?? textAt(code, 'file', 'name') ?? textAt(pkg, 'path'),
      line: lineAt(code, 'start_line'),
      endLine: lineAt(code, 'end_line'),
    },
    references: [...(common.references ?? []), ...textsAt(vulnerability, 'references')],
    epss: epss === undefined ? undefined : { score: epss, ...(percentile !== undefined && { percentile }) },
    identity: [ownFingerprint, textAt(pkg, 'architecture')].filter((part) => part !== undefined).join(' '),
  };
}

function readCvss(cvss: unknown): Loose<CvssScore> {
  const version = textAt(cvss, 'version');
  return {
    version: (['2.0', '3.0', '3.1', '4.0'] as const).find((known) => known === version),
    score: numberAt(cvss, 'base_score'),
    vector: textAt(cvss, 'vector_string'),
    source: textAt(cvss, 'src_url'),
  };
}

/** Classes: 2001 security finding, 2002 vulnerability, 2003 compliance, 2004 detection, 2006 data security, 2007 application security. */
function chooseKind(classId: number | undefined): ReportedFinding['kind'] {
  if (classId === 2002) return 'vulnerability';
  return classId === 2007 ? 'weakness' : 'misconfiguration';
}

function readAsset(value: unknown): Draft['asset'] {
  const account = textAt(value, 'cloud', 'account', 'uid');
  const host = textAt(value, 'device', 'hostname') ?? textAt(value, 'device', 'ip');
  if (account !== undefined) return { type: 'cloud', name: account };
  return host === undefined ? undefined : { type: 'host', name: host };
}

/** `status_id`: 3 suppressed, 4 resolved; 5 archived. */
function readSuppression(value: unknown): Draft['suppression'] {
  const status = numberAt(value, 'status_id');
  if (status === 3) return { kind: 'suppressed', reason: textAt(value, 'comment') };
  return status === 4 ? { kind: 'fixed' } : undefined;
}

/** Times are milliseconds; the same as text stands beside them where the profile "datetime" is used. */
function readTime(value: unknown, name: string): string | undefined {
  const text = textAt(value, `${name}_dt`);
  if (text !== undefined) return text;
  const number = numberAt(value, name);
  // Some write seconds: before the year 2001 in milliseconds.
  const milliseconds = number === undefined || number > 1e12 ? number : number * 1000;
  return milliseconds === undefined || Math.abs(milliseconds) > 8.64e15 ? undefined : new Date(milliseconds).toISOString();
}

function joinLines(...texts: readonly (string | undefined)[]): string | undefined {
  return [...new Set(texts)].filter((text) => text !== undefined).join('\n\n') || undefined;
}
