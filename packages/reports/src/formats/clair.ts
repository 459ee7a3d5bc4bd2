import type { CvssScore } from '@deployguard/findings';
import { parseVulnerabilityIds } from '../parse-ids.ts';
import { listAt, numberAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry, JsonObject } from '../reading/json-entry.ts';
import type { Draft, Format, Loose, Reading } from './format.ts';

/** Reports on images with Clair: of clair-scanner, of Klar, and Clair 4's own (https://quay.github.io/clair/reference/api.html). */
export const clair: Format = {
  id: 'clair',
  name: 'Clair',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.image', '$.unapproved', '$.vulnerabilities'),
      layout: { entries: ['$.vulnerabilities[]'], context: ['$.image', '$.unapproved'] },
      read: readScannerEntry,
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$.LayerCount', '$.Vulnerabilities'),
      layout: { entries: ['$.Vulnerabilities{}[]'] },
      read: readKlarEntry,
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$.manifest_hash', '$.package_vulnerabilities'),
      // One entry for each package: its vulnerabilities are named by numbers.
      layout: {
        entries: ['$.package_vulnerabilities{}'],
        context: ['packages', 'vulnerabilities', 'manifest_hash', 'enrichments'].map((name) => `$.${name}`),
      },
      read: readPackage,
    },
  ],
};

function readScannerEntry({ value, parents: [root] }: JsonEntry): Draft {
  const id = textAt(value, 'vulnerability');
  const fixed = textAt(value, 'fixedby');
  const draft = toDraft(id, textAt(value, 'featurename'), textAt(value, 'link'));
  const image = textAt(root, 'image');
  return {
    ...draft,
    description: textAt(value, 'description'),
    severity: textAt(value, 'severity'),
    package: {
      name: textAt(value, 'featurename'),
      version: textAt(value, 'featureversion'),
      ecosystem: textAt(value, 'namespace'),
      fixedVersions: fixed === undefined ? [] : [fixed],
    },
    asset: image === undefined ? undefined : { type: 'image', name: image },
    // What its allow list names is in the report, and not among the unapproved.
    suppression: id === undefined || textsAt(root, 'unapproved').includes(id) ? undefined : { kind: 'accepted', reason: 'approved' },
  };
}

function readKlarEntry({ value }: JsonEntry): Draft {
  const fixed = textAt(value, 'FixedBy');
  const severity = textAt(value, 'Severity');
  return {
    ...toDraft(textAt(value, 'Name'), textAt(value, 'FeatureName'), textAt(value, 'Link')),
    description: textAt(value, 'Description'),
    severity,
    severityLabel: severity === 'Defcon1' ? 'critical' : undefined,
    package: {
      name: textAt(value, 'FeatureName'),
      version: textAt(value, 'FeatureVersion'),
      ecosystem: textAt(value, 'NamespaceName'),
      fixedVersions: fixed === undefined ? [] : [fixed],
    },
  };
}

function readPackage({ key = '', value, parents: [root] }: JsonEntry): Reading | Reading[] {
  const pkg = objectAt(root, 'packages', key);
  const hash = textAt(root, 'manifest_hash');
  const found = textsAt(value).map((number) => ({
    ...readVulnerability(objectAt(root, 'vulnerabilities', number), pkg),
    cvss: listScores(root, number),
  }));
  return found.map((draft) => ({ ...draft, asset: hash === undefined ? undefined : { type: 'image', name: hash } }));
}

/** What the enricher for CVSS knows of a vulnerability; the name of its member holds a schema. */
function listScores(root: JsonObject | undefined, number: string): Loose<CvssScore>[] {
  return Object.entries(objectAt(root, 'enrichments') ?? {})
    .filter(([name]) => name.includes('cvss'))
    .flatMap(([, enrichments]) => listAt(enrichments))
    .flatMap((enrichment) => listAt(enrichment, number))
    .map((score) => ({ score: numberAt(score, 'baseScore'), vector: textAt(score, 'vectorString') }));
}

function readVulnerability(value: JsonObject | undefined, pkg: JsonObject | undefined): Draft {
  const fixed = textAt(value, 'fixed_in_version');
  const severity = textAt(value, 'normalized_severity');
  const links = textAt(value, 'links')?.split(/\s+/) ?? [];
  return {
    ...toDraft(textAt(value, 'name'), textAt(pkg, 'name'), links[0]),
    description: textAt(value, 'description'),
    severity: severity === 'Unknown' ? textAt(value, 'severity') : severity,
    package: {
      name: textAt(pkg, 'name'),
      version: textAt(pkg, 'version'),
      ecosystem: textAt(value, 'distribution', 'name') ?? textAt(pkg, 'kind'),
      fixedVersions: fixed === undefined ? [] : [fixed],
    },
    references: links,
    publishedAt: textAt(value, 'issued'),
  };
}

function toDraft(id: string | undefined, name: string | undefined, link: string | undefined): Draft {
  return {
    kind: 'vulnerability',
    rule: { id, helpUri: link },
    title: [id, name].filter(Boolean).join(' in '),
    aliases: parseVulnerabilityIds(id),
    references: link === undefined ? [] : [link],
  };
}
