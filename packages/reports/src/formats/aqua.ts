import { parseVulnerabilityIds } from '../parse-ids.ts';
import { listAt, numberAt, objectAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry, JsonObject } from '../reading/json-entry.ts';
import { splitList } from '../split-list.ts';
import type { Draft, Format, JsonVariant, Reading } from './format.ts';

/** Reports of Aqua's image scanner (`scannercli scan`) and of its console: by resource, one a finding, or by id of the vulnerability. */
export const aqua: Format = {
  id: 'aqua',
  name: 'Aqua',
  variants: [
    resources('$'),
    // A list of images, each with its report.
    resources('$[].results'),
    {
      form: 'json',
      recognises: (outline) =>
        outline.hasList('$.result') &&
        (outline.has('$.result[].resource', '$.result[].aqua_severity') || outline.has('$.query.image_name', '$.more_data_all_pages')),
      layout: { entries: ['$.result[]'] },
      read: ({ value }) => readVulnerability(value, objectAt(value, 'resource'), textAt(value, 'image_name')),
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$.cves', '$.image_name') && outline.has('$.cves_counts'),
      layout: { entries: ['$.cves[]'], context: ['$.image_name'] },
      read: readCve,
    },
  ],
};

function resources(root: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) =>
      outline.has(`${root}.resources`) && (outline.has(`${root}.vulnerability_summary`) || outline.has(`${root}.image_assurance_results`)),
    layout: { entries: [`${root}.resources[]`], context: [`${root}.image`, '$[].image_name'] },
    read: readResource,
  };
}

/** A resource of an image with all that was found in it. */
function readResource({ value, parents }: JsonEntry): Reading | Reading[] {
  const resource = objectAt(value, 'resource');
  const image = parents.map((parent) => textAt(parent, 'image') ?? textAt(parent, 'image_name')).find((name) => name !== undefined);
  const secrets = listAt(value, 'sensitive_items').concat(listAt(resource, 'sensitive_items'));
  const found = [
    ...listAt(value, 'vulnerabilities').map((vulnerability) => readVulnerability(vulnerability, resource, image)),
    ...secrets.map((secret) => readSecret(secret, resource, image)),
  ];
  return found.length === 0 && resource ? { skipped: 'resource without vulnerabilities' } : found;
}

function readVulnerability(value: unknown, resource: JsonObject | undefined, image: string | undefined): Draft {
  const id = textAt(value, 'name');
  const name = textAt(resource, 'name') ?? textAt(resource, 'path');
  const epss = numberAt(value, 'epss_score');
  const percentile = numberAt(value, 'epss_percentile');
  const fixed = textAt(value, 'fix_version');
  const [nvdUrl, vendorUrl] = [textAt(value, 'nvd_url'), textAt(value, 'vendor_url')];
  return {
    kind: 'vulnerability',
    rule: { id, helpUri: nvdUrl ?? vendorUrl },
    title: [id, name].filter(Boolean).join(' in '),
    description: textAt(value, 'description'),
    remedy: textAt(value, 'solution'),
    severity: textAt(value, 'aqua_severity') ?? textAt(value, 'vendor_severity_v3') ?? textAt(value, 'nvd_severity_v3'),
    cvss: [
      { version: '2.0', score: numberAt(value, 'nvd_score'), vector: textAt(value, 'nvd_vectors'), source: 'NVD' },
      { version: '2.0', score: numberAt(value, 'vendor_score'), vector: textAt(value, 'vendor_vectors'), source: 'vendor' },
      { score: numberAt(value, 'nvd_score_v3'), vector: textAt(value, 'nvd_vectors_v3'), source: 'NVD' },
      { score: numberAt(value, 'vendor_score_v3'), vector: textAt(value, 'vendor_vectors_v3'), source: 'vendor' },
    ],
    aliases: parseVulnerabilityIds(id),
    package: {
      name,
      version: textAt(resource, 'version'),
      ecosystem: textAt(resource, 'format'),
      fixedVersions: splitList(fixed),
    },
    location: { path: textAt(resource, 'path'), layer: textAt(resource, 'layer_digest') },
    asset: image === undefined ? undefined : { type: 'image', name: image },
    references: [nvdUrl, vendorUrl].filter((url) => url !== undefined),
    epss: epss === undefined ? undefined : { score: epss, ...(percentile !== undefined && { percentile }) },
    publishedAt: textAt(value, 'publish_date'),
    suppression: textAt(value, 'acknowledged') === 'true' ? { kind: 'accepted' } : undefined,
  };
}

/** The value itself is not taken over. */
function readSecret(secret: unknown, resource: JsonObject | undefined, image: string | undefined): Draft {
  const path = textAt(resource, 'path') ?? textAt(secret, 'path');
  const type = textAt(secret, 'type') ?? textAt(resource, 'name');
  return {
    kind: 'secret',
    rule: { id: type ?? (path && 'sensitive data') },
    title: path && `Sensitive data in ${path}`,
    location: { path, layer: textAt(resource, 'layer_digest') },
    asset: image === undefined ? undefined : { type: 'image', name: image },
  };
}

function readCve({ value, parents: [root] }: JsonEntry): Draft {
  const id = textAt(value, 'name');
  const file = textAt(value, 'file');
  const image = textAt(root, 'image_name');
  const url = textAt(value, 'url');
  const fixed = textAt(value, 'fix_version');
  return {
    kind: 'vulnerability',
    rule: { id, helpUri: url },
    title: [id, file].filter(Boolean).join(' in '),
    description: textAt(value, 'description'),
    remedy: textAt(value, 'solution'),
    severity: textAt(value, 'severity'),
    cvss: [{ version: textAt(value, 'score_version') === 'CVSS v2' ? '2.0' : '3.0', score: numberAt(value, 'score') }],
    aliases: parseVulnerabilityIds(id),
    package: { name: file, fixedVersions: fixed === undefined ? [] : [fixed] },
    asset: image === undefined ? undefined : { type: 'image', name: image },
    references: url === undefined ? [] : [url],
    publishedAt: textAt(value, 'publishdate'),
    suppression: textAt(value, 'acknowledged') === 'true' ? { kind: 'accepted' } : undefined,
  };
}
