import type { CvssScore } from '@deployguard/findings';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { lineAt, listAt, numberAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Draft, Format, JsonVariant, Loose } from './format.ts';

const repositories = [
  '$.data.repository',
  '$.data.search.nodes[]',
  '$.data.repository.search.nodes[]',
  '$.data.organization.repositories.nodes[]',
];

/** Security alerts of GitHub, as its API gives them: Dependabot (GraphQL and REST), code scanning and secret scanning (https://docs.github.com/en/rest). */
export const githubAlerts: Format = {
  id: 'github-alerts',
  name: 'GitHub security alerts',
  variants: [
    {
      form: 'json',
      recognises: (outline) => repositories.some((repository) => outline.has(`${repository}.vulnerabilityAlerts`)),
      layout: {
        entries: repositories.map((repository) => `${repository}.vulnerabilityAlerts.nodes[]`),
        context: [...repositories, '$.data.repository'].flatMap((repository) => [`${repository}.nameWithOwner`, `${repository}.url`]),
      },
      read: readGraphAlert,
    },
    ...rest(['security_advisory', 'security_vulnerability'], readDependabotAlert),
    ...rest(['rule', 'most_recent_instance'], readCodeAlert),
    ...rest(['secret_type', 'locations_url'], readSecretAlert),
  ],
};

/** The API answers with a list of alerts, or with one. */
function rest(members: readonly string[], read: (value: unknown) => Draft): JsonVariant[] {
  return ['$[]', '$'].map((path) => ({
    form: 'json',
    recognises: (outline) => outline.has(`${path}.number`, `${path}.state`, ...members.map((member) => `${path}.${member}`)),
    layout: { entries: [path] },
    read: ({ value }) => ({
      foundAt: textAt(value, 'created_at'),
      asset: readAsset(textAt(value, 'repository', 'full_name') ?? /\/repos\/([^/]+\/[^/]+)\//.exec(textAt(value, 'url') ?? '')?.[1]),
      suppression: readState(value, 'dismissed_reason'),
      ...read(value),
    }),
  }));
}

function readGraphAlert({ value, parents }: JsonEntry): Draft {
  const vulnerability = objectAt(value, 'securityVulnerability');
  const advisory = objectAt(value, 'securityAdvisory') ?? objectAt(vulnerability, 'advisory');
  const identifiers = listAt(advisory, 'identifiers').map((item) => textAt(item, 'value'));
  const ids = parseVulnerabilityIds(textAt(advisory, 'ghsaId'), ...identifiers);
  const name = textAt(vulnerability, 'package', 'name');
  const fixed = textAt(vulnerability, 'firstPatchedVersion', 'identifier');
  const repository = parents
    .map((parent) => textAt(parent, 'nameWithOwner') ?? textAt(parent, 'url'))
    .findLast((text) => text !== undefined);
  const epss = { score: numberAt(advisory, 'epss', 'percentage'), percentile: numberAt(advisory, 'epss', 'percentile') };
  return {
    kind: 'vulnerability',
    rule: { id: ids.find((id) => id.startsWith('GHSA-')) ?? ids[0] ?? identifiers[0] ?? textAt(value, 'id') },
    title: textAt(advisory, 'summary') ?? [ids[0], name].filter(Boolean).join(' in '),
    description: textAt(advisory, 'description'),
    severity: textAt(vulnerability, 'severity') ?? textAt(advisory, 'severity'),
    cvss: [objectAt(advisory, 'cvss'), objectAt(advisory, 'cvssSeverities', 'cvssV3'), objectAt(advisory, 'cvssSeverities', 'cvssV4')].map(
      (scored) => ({ score: toScore(numberAt(scored, 'score')), vector: textAt(scored, 'vectorString') }),
    ),
    cwes: parseCwes(...listAt(advisory, 'cwes', 'nodes').map((cwe) => textAt(cwe, 'cweId'))),
    aliases: ids,
    package: {
      name,
      version: textAt(value, 'vulnerableRequirements')?.replace(/^= /, ''),
      ecosystem: textAt(vulnerability, 'package', 'ecosystem')?.toLowerCase(),
      fixedVersions: fixed === undefined ? [] : [fixed],
    },
    location: { path: textAt(value, 'vulnerableManifestPath') },
    asset: readAsset(repository),
    references: listAt(advisory, 'references').flatMap((reference) => textAt(reference, 'url') ?? []),
    epss: toEpss(epss),
    foundAt: textAt(value, 'createdAt'),
    publishedAt: textAt(advisory, 'publishedAt'),
    suppression: readState(value, 'dismissReason'),
    // Two manifests may require the same package.
    identity: textAt(value, 'vulnerableManifestPath'),
  };
}

function readDependabotAlert(value: unknown): Draft {
  const advisory = objectAt(value, 'security_advisory');
  const vulnerability = objectAt(value, 'security_vulnerability');
  const ghsa = textAt(advisory, 'ghsa_id');
  const fixed = textAt(vulnerability, 'first_patched_version', 'identifier');
  const epss = { score: numberAt(advisory, 'epss', 'percentage'), percentile: numberAt(advisory, 'epss', 'percentile') };
  const scores = ['cvss_v3', 'cvss_v4'].map((name) => objectAt(advisory, 'cvss_severities', name));
  return {
    kind: 'vulnerability',
    rule: { id: ghsa ?? textAt(advisory, 'cve_id'), helpUri: ghsa && `https://github.com/advisories/${ghsa}` },
    title: textAt(advisory, 'summary'),
    description: textAt(advisory, 'description'),
    severity: textAt(vulnerability, 'severity') ?? textAt(advisory, 'severity'),
    cvss: (scores.some((scored) => scored !== undefined) ? scores : [objectAt(advisory, 'cvss')]).map((scored) => ({
      score: toScore(numberAt(scored, 'score')),
      vector: textAt(scored, 'vector_string'),
    })),
    cwes: parseCwes(...listAt(advisory, 'cwes').map((cwe) => textAt(cwe, 'cwe_id'))),
    aliases: parseVulnerabilityIds(textAt(advisory, 'cve_id'), ghsa),
    package: {
      name: textAt(value, 'dependency', 'package', 'name'),
      ecosystem: textAt(value, 'dependency', 'package', 'ecosystem'),
      fixedVersions: fixed === undefined ? [] : [fixed],
    },
    location: { path: textAt(value, 'dependency', 'manifest_path') },
    references: listAt(advisory, 'references').flatMap((reference) => textAt(reference, 'url') ?? []),
    epss: toEpss(epss),
    publishedAt: textAt(advisory, 'published_at'),
  };
}

function readCodeAlert(value: unknown): Draft {
  const instance = objectAt(value, 'most_recent_instance');
  const tags = textsAt(value, 'rule', 'tags');
  const cwes = parseCwes(...tags);
  return {
    kind: cwes.length > 0 || textAt(value, 'rule', 'security_severity_level') !== undefined ? 'weakness' : 'quality',
    rule: { id: textAt(value, 'rule', 'id'), name: textAt(value, 'rule', 'name'), helpUri: textAt(value, 'rule', 'help_uri') },
    title: textAt(value, 'rule', 'description'),
    description: textAt(instance, 'message', 'text') ?? textAt(value, 'rule', 'full_description'),
    severity: textAt(value, 'rule', 'security_severity_level') ?? textAt(value, 'rule', 'severity'),
    cwes,
    location: {
      path: textAt(instance, 'location', 'path'),
      line: lineAt(instance, 'location', 'start_line'),
      column: lineAt(instance, 'location', 'start_column'),
      endLine: lineAt(instance, 'location', 'end_line'),
      commit: textAt(instance, 'commit_sha'),
    },
    references: textsAt(value, 'html_url'),
    identity: textAt(instance, 'message', 'text'),
    tool: { name: textAt(value, 'tool', 'name'), version: textAt(value, 'tool', 'version') },
  };
}

function readSecretAlert(value: unknown): Draft {
  const place = objectAt(value, 'first_location_detected');
  return {
    kind: 'secret',
    rule: { id: textAt(value, 'secret_type'), name: textAt(value, 'secret_type_display_name') },
    title: textAt(value, 'secret_type_display_name') ?? textAt(value, 'secret_type'),
    // GitHub rates no secret; it is no small thing.
    severityLabel: textAt(value, 'validity') === 'active' ? 'critical' : 'high',
    location: { path: textAt(place, 'path'), line: lineAt(place, 'start_line'), commit: textAt(place, 'commit_sha') },
    references: textsAt(value, 'html_url'),
    suppression: readState(value, 'resolution'),
    identity: textAt(value, 'secret'),
  };
}

function readState(value: unknown, reasonField: string): Draft['suppression'] {
  const reason = textAt(value, reasonField)?.toLowerCase().replaceAll('_', ' ');
  switch (textAt(value, 'state')?.toLowerCase()) {
    case 'fixed':
      return { kind: 'fixed' };
    case 'dismissed':
    case 'auto_dismissed':
    case 'resolved':
      if (reason === 'false positive' || reason === 'inaccurate') return { kind: 'false-positive', reason };
      if (reason === 'not used') return { kind: 'not-affected', reason };
      return { kind: reason === 'revoked' ? 'fixed' : 'accepted', reason };
    default:
      return undefined;
  }
}

/** 0 stands for an advisory that nobody scored. */
function toScore(score: number | undefined): CvssScore['score'] {
  return score === 0 ? undefined : score;
}

function toEpss({ score, percentile }: Loose<NonNullable<Draft['epss']>>): Draft['epss'] {
  return score === undefined ? undefined : { score, ...(percentile !== undefined && { percentile }) };
}

function readAsset(name: string | undefined): Draft['asset'] {
  return name === undefined ? undefined : { type: 'repository', name };
}
