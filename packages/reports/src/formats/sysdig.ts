import type { CvssScore } from '@deployguard/findings';
import { parseVulnerabilityIds } from '../parse-ids.ts';
import type { CsvEntry } from '../reading/read-csv-entries.ts';
import { listAt, numberAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { CsvVariant, Draft, Format, Loose, Reading } from './format.ts';

/** Reports of Sysdig Secure on vulnerabilities, in JSON and CSV, of its newer and its older engine, and of `sysdig-cli-scanner --json-scan-result`. */
export const sysdig: Format = {
  id: 'sysdig',
  name: 'Sysdig',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.data[].vulnName', '$.data[].vulnSeverity') || outline.has('$.data[].vuln_id', '$.data[].vuln_severity'),
      layout: { entries: ['$.data[]'] },
      read: readReportEntry,
    },
    {
      form: 'json',
      recognises: (outline) =>
        outline.hasList('$.result.packages') && (outline.has('$.result.type') || outline.has('$.result.packages[].vulns')),
      layout: { entries: ['$.result.packages[]'], context: ['$.result.metadata'] },
      read: readPackage,
    },
    {
      form: 'json',
      recognises: (outline) => outline.hasObject('$.result.packages') && outline.has('$.result.vulnerabilities', '$.result.metadata'),
      layout: { entries: ['$.result.packages{}'], context: ['metadata', 'vulnerabilities', 'layers'].map((name) => `$.result.${name}`) },
      read: readIndexedPackage,
    },
    ...csv('Vulnerability ID', 'Severity', 'Package name', 'Package version', 'CVSS vector', 'Image'),
    ...csv('Vulnerability Name', 'Vulnerability Severity', 'Package Name', 'Package Version', 'CVSS Vector', 'Image Name'),
    ...csv('CVE ID', 'CVE Severity', 'Package Name', 'Package Version', 'CVSS Score', 'CVE URL'),
  ],
};

function readReportEntry({ value }: JsonEntry): Draft {
  const text = (...names: string[]): string | undefined => names.map((name) => textAt(value, name)).find((found) => found !== undefined);
  const fixed = text('vulnFixVersion', 'vuln_fixed_in_version');
  const [id, name] = [text('vulnName', 'vuln_id'), text('packageName', 'scan_package_name')];
  const link = text('vulnLink');
  const image = text('imagePullString', 'container_image');
  return {
    kind: 'vulnerability',
    rule: { id, helpUri: link },
    title: [id, name].filter(Boolean).join(' in '),
    severity: text('vulnSeverity', 'vuln_severity'),
    cvss: [
      toScore(
        text('vulnCvssVersion', 'vuln_cvss_version'),
        text('vulnCvssScore', 'vuln_cvss_score'),
        text('vulnCvssVector', 'vuln_cvss_vector'),
      ),
    ],
    aliases: parseVulnerabilityIds(id),
    package: {
      name,
      version: text('packageVersion', 'scan_package_version'),
      ecosystem: text('packageType', 'scan_package_type'),
      fixedVersions: fixed === undefined ? [] : [fixed],
    },
    location: {
      path: text('packagePath', 'scan_package_path'),
      resource: joinWorkload([
        text('k8sClusterName', 'kubernetes_cluster_name'),
        text('k8sNamespaceName', 'kubernetes_namespace_name'),
        text('k8sWorkloadType', 'kubernetes_workload_type'),
        text('k8sWorkloadName', 'kubernetes_workload_name'),
        text('k8sPodContainerName', 'kubernetes_pod_container_name'),
      ]),
    },
    asset: image === undefined ? undefined : { type: 'image', name: image },
    references: link === undefined ? [] : [link],
    publishedAt: text('vulnDisclosureDate', 'vuln_disclosure_date'),
  };
}

function readPackage({ value, parents }: JsonEntry): Reading | Reading[] {
  return readVulnerabilities(value, listAt(value, 'vulns'), parents.at(-1));
}

/** Since schema 1.0 packages, vulnerabilities and layers stand beside each other, by their ids. */
function readIndexedPackage({ value, parents: [, result] }: JsonEntry): Reading | Reading[] {
  const vulnerabilities = textsAt(value, 'vulnerabilitiesRefs').map((id) => objectAt(result, 'vulnerabilities', id));
  const layer = objectAt(result, 'layers', textAt(value, 'layerRef') ?? '');
  return readVulnerabilities({ ...objectAt(value), layerDigest: textAt(layer, 'digest') }, vulnerabilities, result);
}

function readVulnerabilities(value: unknown, vulnerabilities: readonly unknown[], result: unknown): Reading | Reading[] {
  const metadata = objectAt(result, 'metadata');
  const name = textAt(value, 'name');
  if (vulnerabilities.length === 0 && name !== undefined) return { skipped: 'package without vulnerabilities' };
  const image = textAt(metadata, 'pullString') ?? textAt(metadata, 'imageId');
  return vulnerabilities.map((vulnerability): Draft => {
    const id = textAt(vulnerability, 'name');
    const fixed = textAt(vulnerability, 'fixedInVersion') ?? textAt(vulnerability, 'fixVersion');
    const epss = numberAt(vulnerability, 'epssScore', 'score');
    const score = (field: string): string | undefined =>
      textAt(vulnerability, 'cvssScore', 'value', field) ?? textAt(vulnerability, 'cvssScore', field);
    return {
      kind: 'vulnerability',
      rule: { id },
      title: [id, name].filter(Boolean).join(' in '),
      severity: textAt(vulnerability, 'severity', 'value') ?? textAt(vulnerability, 'severity'),
      cvss: [toScore(score('version'), score('score'), score('vector'))],
      aliases: parseVulnerabilityIds(id),
      package: {
        name,
        version: textAt(value, 'version'),
        ecosystem: textAt(value, 'type'),
        fixedVersions: fixed === undefined ? [] : [fixed],
      },
      location: { path: textAt(value, 'path'), layer: textAt(value, 'layerDigest') },
      asset: image === undefined ? undefined : { type: 'image', name: image },
      epss: epss === undefined ? undefined : { score: epss },
      isKnownExploited: objectAt(vulnerability, 'cisaKev') !== undefined,
      publishedAt: textAt(vulnerability, 'disclosureDate'),
      suppression: ['acceptedRisks', 'riskAcceptRefs'].some((list) => listAt(vulnerability, list).length > 0)
        ? { kind: 'accepted' }
        : undefined,
    };
  });
}

/** Names of columns are written with small and with capital letters. */
function csv(...columns: readonly string[]): CsvVariant[] {
  const [id, severity, name] = columns;
  return [(column: string) => column, (column: string) => column.toLowerCase()].map((write) => ({
    form: 'csv',
    recognises: (outline) => outline.hasColumns(...columns.map(write)),
    layout: { columns: [id!, severity!, name!].map(write) },
    read: (entry) => readRow(entry, (...names) => names.map((column) => entry.field(write(column))).find((text) => text !== undefined)),
  }));
}

function readRow(_entry: CsvEntry, text: (...columns: string[]) => string | undefined): Draft {
  const id = text('Vulnerability ID', 'Vulnerability Name', 'CVE ID');
  const name = text('Package name', 'Package Name');
  const link = text('Vuln link', 'Vuln Link', 'CVE URL');
  const fixed = text('Fix version', 'Fix Version', 'Package suggested fix');
  const image = text('Image', 'Image Name');
  const epss = Number(text('EPSS Score') ?? Number.NaN);
  return {
    kind: 'vulnerability',
    rule: { id, helpUri: link },
    title: [id, name].filter(Boolean).join(' in '),
    severity: text('Severity', 'Vulnerability Severity', 'CVE Severity'),
    cvss: [
      toScore(
        text('CVSS version', 'CVSS Version', 'CVSS Score Version'),
        text('CVSS score', 'CVSS Score'),
        text('CVSS vector', 'CVSS Vector'),
      ),
    ],
    aliases: parseVulnerabilityIds(id),
    package: {
      name,
      version: text('Package version', 'Package Version'),
      ecosystem: text('Package type', 'Package Type'),
      fixedVersions: fixed === undefined ? [] : [fixed],
    },
    location: {
      path: text('Package path', 'Package Path'),
      resource: joinWorkload([
        text('K8S cluster name', 'Kubernetes Cluster Name'),
        text('K8S namespace name', 'Kubernetes Namespace Name'),
        text('K8S workload type', 'Kubernetes Workload Type'),
        text('K8S workload name', 'Kubernetes Workload Name'),
        text('K8S container name', 'Kubernetes Container Name'),
      ]),
    },
    asset: image === undefined ? undefined : { type: 'image', name: image },
    references: link === undefined ? [] : [link],
    epss: epss >= 0 && epss <= 1 ? { score: epss } : undefined,
    publishedAt: text('Vuln Publish date', 'Disclosure Date', 'Vuln Disclosure Date'),
    suppression: text('Risk accepted', 'Risk Accepted')?.toLowerCase() === 'true' ? { kind: 'accepted' } : undefined,
  };
}

function toScore(version: string | undefined, score: string | undefined, vector: string | undefined): Loose<CvssScore> {
  const number = Number(score ?? Number.NaN);
  return {
    version: (['2.0', '3.0', '3.1', '4.0'] as const).find((known) => known === version),
    score: number >= 0 && number <= 10 ? number : undefined,
    vector,
  };
}

/** `cluster/namespace/deployment/name/container` */
function joinWorkload(names: readonly (string | undefined)[]): string | undefined {
  return names.filter((name) => name !== undefined).join('/') || undefined;
}
