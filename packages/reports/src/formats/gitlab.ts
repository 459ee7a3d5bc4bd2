import type { ReportedFinding } from '@deployguard/findings';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { lineAt, listAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Format, Reading } from './format.ts';

/**
 * Security reports of GitLab CI, of all kinds: SAST, DAST, dependencies, containers, secrets (https://gitlab.com/gitlab-org/security-products/security-report-schemas).
 * Many scanners write it; the tool is the one that the report names.
 */
export const gitlab: Format = {
  id: 'gitlab',
  name: 'GitLab',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.hasList('$.vulnerabilities') &&
        (outline.has('$.vulnerabilities[].identifiers', '$.vulnerabilities[].location') ||
          outline.has('$.scan.scanner', '$.scan.type') ||
          outline.has('$.scan.scanner', '$.version')),
      layout: { entries: ['$.vulnerabilities[]'], context: ['$.scan', '$.remediations'] },
      read: readVulnerability,
    },
  ],
};

function readVulnerability({ value, parents: [root] }: JsonEntry): Reading {
  const identifiers = listAt(value, 'identifiers');
  const [primary] = identifiers;
  const pkg = ['location', 'dependency', 'package'] as const;
  const url = [textAt(value, 'location', 'hostname'), textAt(value, 'location', 'path')].filter((text) => text !== undefined).join('');
  const image = textAt(value, 'location', 'image');
  return {
    kind: chooseKind(textAt(value, 'category') ?? textAt(root, 'scan', 'type'), textAt(value, 'location', 'hostname')),
    rule: {
      id: textAt(primary, 'value') ?? textAt(value, 'cve') ?? textAt(value, 'id'),
      name: textAt(primary, 'name'),
      helpUri: textAt(primary, 'url'),
    },
    title: textAt(value, 'name') ?? textAt(value, 'message') ?? textAt(primary, 'name'),
    description: textAt(value, 'description'),
    remedy: textAt(value, 'solution'),
    severity: textAt(value, 'severity'),
    cwes: parseCwes(
      ...identifiers
        .filter((item) => textAt(item, 'type')?.toLowerCase() === 'cwe')
        .map((item) => textAt(item, 'name') ?? textAt(item, 'value')),
    ),
    aliases: parseVulnerabilityIds(...identifiers.map((item) => textAt(item, 'value'))),
    package: { name: textAt(value, ...pkg, 'name'), version: textAt(value, 'location', 'dependency', 'version') },
    location: {
      path: textAt(value, 'location', 'file'),
      line: lineAt(value, 'location', 'start_line'),
      endLine: lineAt(value, 'location', 'end_line'),
      commit: textAt(value, 'location', 'commit', 'sha'),
      url: url === '' ? undefined : url,
      method: textAt(value, 'location', 'method'),
      parameter: textAt(value, 'location', 'param'),
      resource: image ?? textAt(value, 'location', 'class'),
    },
    asset: image === undefined ? undefined : { type: 'image', name: image },
    references: listAt(value, 'links').flatMap((link) => textAt(link, 'url') ?? []),
    foundAt: textAt(value, 'discovered_at'),
    suppression: listAt(value, 'flags').some((flag) => textAt(flag, 'type') === 'flagged-as-likely-false-positive')
      ? { kind: 'false-positive' }
      : undefined,
    tool: {
      name: textAt(value, 'scanner', 'name') ?? textAt(root, 'scan', 'scanner', 'name'),
      version: textAt(root, 'scan', 'scanner', 'version'),
    },
  };
}

function chooseKind(category: string | undefined, hostname: string | undefined): ReportedFinding['kind'] {
  if (category === 'secret_detection') return 'secret';
  if (category === 'dependency_scanning' || category === 'container_scanning' || category === 'cluster_image_scanning')
    return 'vulnerability';
  return category === undefined && hostname === undefined ? 'vulnerability' : 'weakness';
}
