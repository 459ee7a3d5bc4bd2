import type { ReportedFinding, Rereadable } from '@deployguard/findings';
import { ReportError } from '../reading/report-error.ts';
import { printJson } from '../print-json.ts';
import { emitItems } from './emit-items.ts';
import type { EmitterContext, FindingEmitter } from './finding-emitter.ts';

/**
 * Security reports of GitLab CI, version 15 (https://gitlab.com/gitlab-org/security-products/security-report-schemas). A report is of one
 * kind of scan, so findings of several need several.
 */
export const gitlab: FindingEmitter = {
  format: 'gitlab',
  extension: 'json',
  mediaType: 'application/json',
  holds: (finding) => chooseScan(finding) !== undefined,
  async *emit(findings, about) {
    const { scan, files } = await survey(findings);
    yield `{\n  "version": "15.0.7",\n  "scan": ${printJson(describeScan(scan, about))},\n`;
    if (scan === 'dependency_scanning') yield `  "dependency_files": ${printJson(files)},\n`;
    yield '  "vulnerabilities": [';
    yield* emitItems(findings, (finding) => toVulnerability(finding, scan));
    yield ']\n}\n';
  },
};

type Scan = 'sast' | 'secret_detection' | 'dependency_scanning' | 'container_scanning' | 'dast';

/** Undefined for licences and code quality, which have reports of their own there. */
function chooseScan({ kind, asset, location, package: pkg }: ReportedFinding): Scan | undefined {
  if (kind === 'secret') return 'secret_detection';
  if (kind === 'license' || kind === 'quality') return undefined;
  if (pkg) return asset?.type === 'image' ? 'container_scanning' : 'dependency_scanning';
  return location?.url !== undefined || location?.host !== undefined ? 'dast' : 'sast';
}

async function survey(findings: Rereadable<ReportedFinding>): Promise<{ scan: Scan; files: object[] }> {
  const scans = new Set<Scan>();
  const files = new Map<string, object>();
  for await (const finding of findings) {
    const scan = chooseScan(finding);
    if (scan !== undefined) scans.add(scan);
    const { location, package: pkg } = finding;
    if (scan !== 'dependency_scanning') continue;
    const path = location?.path ?? unknownPlace;
    files.set(path, { path, package_manager: pkg?.ecosystem ?? 'unknown', dependencies: [] });
  }
  if (scans.size > 1) {
    const names = [...scans].sort().join(', ');
    throw new ReportError(
      'REPORT_MIXED',
      `A report of GitLab is of one kind of scan, and the findings are of several: ${names}. Choose one with --kind, or convert the reports one by one.`,
    );
  }
  return { scan: [...scans][0] ?? 'sast', files: [...files.values()] };
}

function describeScan(type: Scan, { producer, writtenAt }: EmitterContext): object {
  const writer = { id: producer.name.toLowerCase(), name: producer.name, version: producer.version, vendor: { name: producer.name } };
  const time = writtenAt.slice(0, 19);
  return {
    analyzer: writer,
    scanner: writer,
    type,
    start_time: time,
    end_time: time,
    status: 'success',
    ...(type === 'dast' && { scanned_resources: [] }),
  };
}

function toVulnerability(finding: ReportedFinding, scan: Scan): object {
  const { fingerprint, title, description, remedy, severity, references = [], foundAt, suppression, tool } = finding;
  const links = references.filter((url) => /^(?:https?|ftp):\/\/./.test(url));
  return {
    // Its form is that of a UUID; the same finding has the same.
    id: fingerprint.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    category: scan,
    name: title.slice(0, 255),
    description: description ?? title,
    severity: severity.label === 'unknown' ? 'Unknown' : `${severity.label[0]!.toUpperCase()}${severity.label.slice(1)}`,
    ...(remedy !== undefined && { solution: remedy.slice(0, longestSolution) }),
    scanner: { id: tool.format, name: tool.name },
    identifiers: listIdentifiers(finding),
    ...(links.length > 0 && { links: links.map((url) => ({ url })) }),
    ...(foundAt !== undefined && { discovered_at: foundAt.slice(0, 19) }),
    ...(suppression?.kind === 'false-positive' && {
      flags: [{ type: 'flagged-as-likely-false-positive', origin: tool.name, description: suppression.reason ?? 'false positive' }],
    }),
    location: locate(finding, scan),
  };
}

/** By the schema. */
const longestSolution = 7000;

function listIdentifiers({ rule, aliases = [], cwes = [], tool }: ReportedFinding): object[] {
  const own = { type: `${tool.format}_rule_id`, name: rule.name ?? rule.id, value: rule.id, ...linkTo(rule.helpUri) };
  const ids = aliases.map((id) => ({ type: id.split('-')[0]!.toLowerCase(), name: id, value: id }));
  // The first is the one by which findings are compared.
  return [
    ...ids,
    own,
    ...cwes.map((cwe) => ({
      type: 'cwe',
      name: `CWE-${cwe}`,
      value: String(cwe),
      url: `https://cwe.mitre.org/data/definitions/${cwe}.html`,
    })),
  ].slice(0, 20);
}

function linkTo(url: string | undefined): { readonly url?: string } {
  return url !== undefined && /^https?:\/\/./.test(url) ? { url } : {};
}

const unknownPlace = 'unknown';

function locate({ location = {}, package: pkg, asset }: ReportedFinding, scan: Scan): object {
  const { path, line, endLine, commit, url, host, port, method, parameter } = location;
  const lines = { ...(line !== undefined && { start_line: line }), ...(endLine !== undefined && { end_line: endLine }) };
  const dependency = { package: { name: pkg?.name ?? unknownPlace }, version: pkg?.version ?? unknownPlace };
  switch (scan) {
    case 'sast':
      return { file: path ?? location.resource ?? unknownPlace, ...lines };
    case 'secret_detection':
      return { file: path ?? unknownPlace, commit: { sha: commit ?? '0000000' }, ...lines };
    case 'dependency_scanning':
      return { file: path ?? unknownPlace, dependency };
    case 'container_scanning':
      return { dependency, operating_system: pkg?.ecosystem ?? unknownPlace, image: asset?.name ?? unknownPlace };
    case 'dast': {
      const parsed = url !== undefined && URL.canParse(url) ? new URL(url) : undefined;
      const hostname = parsed?.origin ?? [host ?? url, port].filter((part) => part !== undefined).join(':');
      return {
        hostname,
        path: parsed?.pathname ?? '/',
        ...(method !== undefined && { method }),
        ...(parameter !== undefined && { param: parameter }),
      };
    }
  }
}
