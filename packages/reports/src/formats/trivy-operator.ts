import { parseVulnerabilityIds } from '../parse-ids.ts';
import { numberAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry, JsonObject } from '../reading/json-entry.ts';
import { splitList } from '../split-list.ts';
import type { Draft, Format, JsonVariant, Reading } from './format.ts';

const readers: Readonly<Record<string, (value: unknown, resource: JsonObject, section: JsonObject | undefined) => Reading>> = {
  'report.vulnerabilities[]': readVulnerability,
  'report.checks[]': readCheck,
  'report.secrets[]': readSecret,
  'status.detailReport.results[].checks[]': readCheck,
  'status.summaryReport.controlCheck[]': readControl,
};

/** Reports that the Trivy Operator keeps in a cluster as resources (https://aquasecurity.github.io/trivy-operator/latest/docs/crds/), as `kubectl get --output json` gives them. */
export const trivyOperator: Format = {
  id: 'trivy-operator',
  name: 'Trivy Operator',
  // One resource, a list as kubectl writes it, a plain list, and lists by the name of their kind.
  variants: ['$', '$.items[]', '$[]', '${}[]'].map(variant),
};

function variant(root: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) => outline.matches(`${root}.apiVersion`, /^aquasecurity\.github\.io\//),
    layout: {
      entries: Object.keys(readers).map((place) => `${root}.${place}`),
      context: [
        'kind',
        'metadata',
        ...['artifact', 'registry', 'scanner', 'updateTimestamp'].map((name) => `report.${name}`),
        ...['id', 'name', 'severity'].map((name) => `status.detailReport.results[].${name}`),
      ].map((place) => `${root}.${place}`),
    },
    read: (entry) => readEntry(entry, entry.path.slice(root.length + 1)),
  };
}

function readEntry({ value, parents }: JsonEntry, place: string): Reading {
  const at = parents.findLastIndex((parent) => objectAt(parent, 'metadata') !== undefined);
  const resource = parents[at] ?? {};
  const report = parents[at + 1];
  const reading = readers[place]!(value, resource, parents.at(-1));
  if ('skipped' in reading || 'missing' in reading) return reading;
  const repository = textAt(report, 'artifact', 'repository');
  const [registry, tag] = [textAt(report, 'registry', 'server'), textAt(report, 'artifact', 'tag')];
  const image = repository && [registry, repository].filter(Boolean).join('/') + (tag === undefined ? '' : `:${tag}`);
  return {
    ...reading,
    location: { resource: describeResource(resource), ...reading.location },
    asset: image === undefined ? undefined : { type: 'image', name: image },
    foundAt: textAt(report, 'updateTimestamp') ?? textAt(resource, 'metadata', 'creationTimestamp'),
    tool: { version: textAt(report, 'scanner', 'version') },
  };
}

/** `default/ReplicaSet/nginx/container`; what belongs to the whole cluster has no namespace. */
function describeResource(resource: JsonObject): string | undefined {
  const names = ['resource.namespace', 'resource.kind', 'resource.name', 'container.name'].map((name) =>
    textAt(resource, 'metadata', 'labels', `trivy-operator.${name}`),
  );
  return names.filter((name) => name !== undefined).join('/') || textAt(resource, 'metadata', 'name');
}

function readVulnerability(value: unknown): Draft {
  const [id, name, link] = [textAt(value, 'vulnerabilityID'), textAt(value, 'resource'), textAt(value, 'primaryLink')];
  return {
    kind: 'vulnerability',
    rule: { id, helpUri: link },
    title: textAt(value, 'title') ?? [id, name].filter(Boolean).join(' in '),
    description: textAt(value, 'description'),
    severity: textAt(value, 'severity'),
    cvss: [{ score: numberAt(value, 'score') }],
    aliases: parseVulnerabilityIds(id),
    package: {
      name,
      version: textAt(value, 'installedVersion'),
      purl: textAt(value, 'packagePURL'),
      ecosystem: textAt(value, 'packageType'),
      fixedVersions: splitList(textAt(value, 'fixedVersion')),
    },
    location: { path: textAt(value, 'packagePath') ?? textAt(value, 'target') },
    references: [...textsAt(value, 'primaryLink'), ...textsAt(value, 'links')],
    publishedAt: textAt(value, 'publishedDate'),
  };
}

function readCheck(value: unknown, _resource: JsonObject, section: JsonObject | undefined): Reading {
  if (textAt(value, 'success') === 'true') return { skipped: 'passed check' };
  const id = textAt(value, 'checkID');
  return {
    kind: 'misconfiguration',
    rule: { id, name: textAt(value, 'title') },
    title: textAt(value, 'title'),
    description: [textAt(value, 'description'), ...textsAt(value, 'messages')].filter((text) => text !== undefined).join('\n\n'),
    remedy: textAt(value, 'remediation'),
    severity: textAt(value, 'severity') ?? textAt(section, 'severity'),
    location: { path: textAt(value, 'target') },
    identity: textsAt(value, 'messages').join('\n'),
  };
}

/** The masked match is not taken over either. */
function readSecret(value: unknown): Draft {
  return {
    kind: 'secret',
    rule: { id: textAt(value, 'ruleID') },
    title: textAt(value, 'title'),
    severity: textAt(value, 'severity'),
    location: { path: textAt(value, 'target') },
  };
}

/** A control of a benchmark and how many checks of it failed. */
function readControl(value: unknown): Reading {
  const failed = numberAt(value, 'totalFail');
  if (failed === 0) return { skipped: 'passed check' };
  const name = textAt(value, 'name');
  return {
    kind: 'misconfiguration',
    rule: { id: textAt(value, 'id'), name },
    title: name,
    description: failed === undefined ? undefined : `Failed checks: ${failed}`,
    severity: textAt(value, 'severity'),
  };
}
