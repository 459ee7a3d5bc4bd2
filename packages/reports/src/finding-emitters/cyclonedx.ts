import type { ReportedFinding, ReportedPackage, Rereadable } from '@deployguard/findings';
import { printJson } from '../print-json.ts';
import { emitItems } from './emit-items.ts';
import type { FindingEmitter } from './finding-emitter.ts';

/** Vulnerabilities and what was said of them, as CycloneDX 1.6 with VEX (https://cyclonedx.org/docs/1.6/json/#vulnerabilities). */
export const cyclonedx: FindingEmitter = {
  format: 'cyclonedx',
  extension: 'cdx.json',
  mediaType: 'application/vnd.cyclonedx+json; version=1.6',
  holds: ({ kind }) => kind === 'vulnerability',
  async *emit(findings, { producer, writtenAt }) {
    const tools = { components: [{ type: 'application', name: producer.name, version: producer.version }] };
    yield '{\n  "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",\n  "bomFormat": "CycloneDX",\n  "specVersion": "1.6",\n  "version": 1,\n';
    yield `  "metadata": ${printJson({ timestamp: writtenAt, tools })},\n  "components": [`;
    yield* emitItems(await gatherComponents(findings), (component) => component);
    yield '],\n  "vulnerabilities": [';
    yield* emitItems(findings, toVulnerability);
    yield ']\n}\n';
  },
};

async function gatherComponents(findings: Rereadable<ReportedFinding>): Promise<Iterable<object>> {
  const components = new Map<string, object>();
  for await (const finding of findings) {
    const reference = referTo(finding);
    if (reference === undefined || components.has(reference)) continue;
    const { package: pkg, asset, location } = finding;
    components.set(reference, {
      type: pkg ? 'library' : asset?.type === 'image' ? 'container' : 'application',
      'bom-ref': reference,
      name: pkg?.name ?? asset?.name ?? location?.host ?? reference,
      ...(pkg?.version !== undefined && { version: pkg.version }),
      ...(pkg?.purl !== undefined && { purl: pkg.purl }),
    });
  }
  return components.values();
}

/** What a vulnerability affects: the package, else where it was found. */
function referTo({ package: pkg, asset, location }: ReportedFinding): string | undefined {
  return pkg ? referToPackage(pkg) : (asset?.name ?? location?.host ?? location?.url ?? location?.path);
}

function referToPackage({ name, version, purl, ecosystem }: ReportedPackage): string {
  return purl ?? [ecosystem, name, version].filter((part) => part !== undefined).join('/');
}

function toVulnerability(finding: ReportedFinding): object {
  const { fingerprint, rule, aliases = [], cwes, description, remedy, references = [], publishedAt, package: pkg } = finding;
  const id = aliases[0] ?? rule.id;
  const reference = referTo(finding);
  const links = references.filter((url) => URL.canParse(url));
  const others = aliases.filter((alias) => alias !== id);
  return {
    'bom-ref': `finding-${fingerprint}`,
    id,
    source: { name: finding.tool.name },
    ...(others.length > 0 && { references: others.map((alias) => ({ id: alias, source: { name: alias.split('-')[0] } })) }),
    ratings: listRatings(finding),
    ...(cwes && { cwes }),
    description: description ?? finding.title,
    ...(remedy !== undefined && { recommendation: remedy }),
    ...(links.length > 0 && { advisories: links.map((url) => ({ url })) }),
    ...(publishedAt !== undefined && { published: publishedAt }),
    ...analyse(finding),
    ...(reference !== undefined && {
      affects: [{ ref: reference, ...(pkg?.version !== undefined && { versions: [{ version: pkg.version, status: 'affected' }] }) }],
    }),
  };
}

function listRatings({ severity, cvss = [], tool }: ReportedFinding): object[] {
  const ratings = cvss.map(({ version, score, vector, source }) => ({
    ...(source !== undefined && { source: { name: source } }),
    ...(score !== undefined && { score }),
    method: version === undefined ? 'other' : methods[version],
    ...(vector !== undefined && { vector }),
  }));
  return [{ source: { name: tool.name }, severity: severity.label, method: 'other' }, ...ratings];
}

const methods = { '2.0': 'CVSSv2', '3.0': 'CVSSv3', '3.1': 'CVSSv31', '4.0': 'CVSSv4' } as const;

/** Nothing is said where nobody looked: that is not the same as being exploitable. */
function analyse({ suppression }: ReportedFinding): object {
  if (suppression === undefined) return {};
  return { analysis: { state: states[suppression.kind], ...(suppression.reason !== undefined && { detail: suppression.reason }) } };
}

/** `exploitable`: who accepts a vulnerability says that it is there. */
const states: Readonly<Record<NonNullable<ReportedFinding['suppression']>['kind'], string>> = {
  'false-positive': 'false_positive',
  'not-affected': 'not_affected',
  fixed: 'resolved',
  accepted: 'exploitable',
  suppressed: 'in_triage',
};
