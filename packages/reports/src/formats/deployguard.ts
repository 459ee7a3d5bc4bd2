import { type FindingSource, type ReportedFinding, severities } from '@deployguard/findings';
import { parseFingerprint } from '../parse-ids.ts';
import { isTrueAt, lineAt, listAt, numberAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Draft, Format, Reading } from './format.ts';

/** What we write ourselves: findings of scanners (`report convert`, `report merge`), which come back as they were, and `scan` in JSON. */
export const deployguard: Format = {
  id: 'deployguard',
  name: 'DeployGuard',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.matches('$.schemaVersion', /^findings-1\./) && outline.hasList('$.findings'),
      layout: { entries: ['$.findings[]'] },
      read: readFinding,
    },
    {
      form: 'json',
      recognises: (outline) =>
        outline.matches('$.fingerprint', /^[0-9a-f]{32}$/) && outline.has('$.tool.format', '$.severity.label', '$.rule.id'),
      layout: { entries: ['$'] },
      read: readFinding,
    },
    {
      form: 'json',
      recognises: (outline) =>
        outline.matches('$.schemaVersion', /^1\./) && outline.has('$.tool.name', '$.subject', '$.findings', '$.summary'),
      layout: { entries: ['$.findings[]'], context: ['$.tool', '$.subject'] },
      read: readSecret,
    },
    {
      form: 'json',
      recognises: (outline) =>
        outline.matches('$.type', /^report$/) && outline.matches('$.schemaVersion', /^1\./) && outline.has('$.subject.name'),
      layout: { entries: ['$'] },
      read: (entry) => (textAt(entry.value, 'type') === 'finding' ? readSecret(entry) : { skipped: 'line that is no finding' }),
    },
  ],
};

const kinds: readonly ReportedFinding['kind'][] = ['secret', 'vulnerability', 'weakness', 'misconfiguration', 'license', 'quality'];

function readFinding({ value }: JsonEntry): Reading {
  const epss = numberAt(value, 'epss', 'score');
  const percentile = numberAt(value, 'epss', 'percentile');
  return {
    kind: kinds.find((kind) => kind === textAt(value, 'kind')) ?? 'weakness',
    keptFingerprint: parseFingerprint(textAt(value, 'fingerprint')),
    tool: { name: textAt(value, 'tool', 'name'), version: textAt(value, 'tool', 'version'), format: textAt(value, 'tool', 'format') },
    rule: { id: textAt(value, 'rule', 'id'), name: textAt(value, 'rule', 'name'), helpUri: textAt(value, 'rule', 'helpUri') },
    title: textAt(value, 'title'),
    description: textAt(value, 'description'),
    remedy: textAt(value, 'remedy'),
    severity: textAt(value, 'severity', 'original'),
    severityLabel: textAt(value, 'severity', 'source') === 'tool' ? readSeverity(value) : undefined,
    cvss: listAt(value, 'cvss').map((item) => ({
      version: cvssVersions.find((version) => version === textAt(item, 'version')),
      score: numberAt(item, 'score'),
      vector: textAt(item, 'vector'),
      source: textAt(item, 'source'),
    })),
    cwes: listAt(value, 'cwes').flatMap((cwe) => lineAt(cwe) ?? []),
    aliases: textsAt(value, 'aliases'),
    package: {
      name: textAt(value, 'package', 'name'),
      version: textAt(value, 'package', 'version'),
      fixedVersions: textsAt(value, 'package', 'fixedVersions'),
      purl: textAt(value, 'package', 'purl'),
      ecosystem: textAt(value, 'package', 'ecosystem'),
    },
    location: readLocation(value),
    asset: readAsset(value),
    references: textsAt(value, 'references'),
    epss: epss === undefined ? undefined : { score: epss, ...(percentile !== undefined && { percentile }) },
    isKnownExploited: isTrueAt(value, 'isKnownExploited'),
    suppression: readSuppression(value),
    foundAt: textAt(value, 'foundAt'),
    publishedAt: textAt(value, 'publishedAt'),
    toolFingerprints: listAt(value, 'toolFingerprints').flatMap((item) => {
      const [name, given] = [textAt(item, 'name'), textAt(item, 'value')];
      return name === undefined || given === undefined ? [] : [{ name, value: given, isPartial: isTrueAt(item, 'isPartial') }];
    }),
    sources: readSources(value),
  };
}

const cvssVersions = ['2.0', '3.0', '3.1', '4.0'] as const;

function readSeverity(value: unknown): (typeof severities)[number] | undefined {
  return severities.find((severity) => severity === textAt(value, 'severity', 'label'));
}

function readLocation(value: unknown): Draft['location'] {
  const place = objectAt(value, 'location');
  return {
    path: textAt(place, 'path'),
    line: lineAt(place, 'line'),
    column: lineAt(place, 'column'),
    endLine: lineAt(place, 'endLine'),
    endColumn: lineAt(place, 'endColumn'),
    commit: textAt(place, 'commit'),
    url: textAt(place, 'url'),
    method: textAt(place, 'method'),
    parameter: textAt(place, 'parameter'),
    host: textAt(place, 'host'),
    port: lineAt(place, 'port'),
    protocol: textAt(place, 'protocol'),
    resource: textAt(place, 'resource'),
    account: textAt(place, 'account'),
    region: textAt(place, 'region'),
    layer: textAt(place, 'layer'),
  };
}

const assetTypes = ['repository', 'image', 'host', 'web', 'cloud', 'build'] as const;

function readAsset(value: unknown): Draft['asset'] {
  const type = assetTypes.find((known) => known === textAt(value, 'asset', 'type'));
  const name = textAt(value, 'asset', 'name');
  return type === undefined || name === undefined ? undefined : { type, name };
}

const suppressions = ['suppressed', 'false-positive', 'accepted', 'fixed', 'not-affected'] as const;

function readSuppression(value: unknown): Draft['suppression'] {
  const kind = suppressions.find((known) => known === textAt(value, 'suppression', 'kind'));
  return kind && { kind, reason: textAt(value, 'suppression', 'reason') };
}

/** Only with two or more a finding is a merged one. */
function readSources(value: unknown): readonly FindingSource[] | undefined {
  const sources = listAt(value, 'sources').flatMap((source) => {
    const fingerprint = parseFingerprint(textAt(source, 'fingerprint'));
    const severity = [...severities, 'unknown' as const].find((known) => known === textAt(source, 'severity'));
    const [tool, format, ruleId] = [textAt(source, 'tool'), textAt(source, 'format'), textAt(source, 'ruleId')];
    return fingerprint && severity && tool && format && ruleId ? [{ fingerprint, tool, format, ruleId, severity }] : [];
  });
  return sources.length > 1 ? sources : undefined;
}

/** A finding of `scan`, whose id is the fingerprint of value and place. */
function readSecret({ value, parents: [root] }: JsonEntry): Reading {
  const subject = textAt(root, 'subject', 'name');
  return {
    kind: 'secret',
    rule: { id: textAt(value, 'ruleId') },
    title: textAt(value, 'title'),
    description: textAt(value, 'description'),
    remedy: textsAt(value, 'guidance').join('\n'),
    severityLabel: severities.find((severity) => severity === textAt(value, 'severity')),
    severity: textAt(value, 'severity'),
    references: textsAt(value, 'references'),
    location: {
      path: textAt(value, 'location', 'path'),
      line: lineAt(value, 'location', 'line'),
      column: lineAt(value, 'location', 'column'),
      endLine: lineAt(value, 'location', 'endLine'),
      commit: textAt(value, 'location', 'commit', 'id'),
    },
    asset: subject === undefined ? undefined : { type: 'repository', name: subject },
    foundAt: textAt(value, 'location', 'commit', 'date'),
    ownFingerprint: textAt(value, 'id'),
    tool: { name: textAt(root, 'tool', 'name'), version: textAt(root, 'tool', 'version') },
  };
}
