import type { CvssScore } from '@deployguard/findings';
import { parseVulnerabilityIds } from '../parse-ids.ts';
import { listAt, numberAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import { splitList } from '../split-list.ts';
import type { Draft, Format, JsonVariant, Loose } from './format.ts';

/** Vulnerabilities that Anchore Engine and Enterprise found in an image: `anchore-cli image vuln`, `anchorectl image vulnerabilities`, and the evaluation of Enterprise. */
export const anchore: Format = {
  id: 'anchore',
  name: 'Anchore',
  variants: [
    vulnerabilities('$.vulnerabilities[]'),
    vulnerabilities('$[]'),
    {
      form: 'json',
      recognises: (outline) => outline.hasList('$.securityEvaluation') && outline.has('$.metadata'),
      layout: { entries: ['$.securityEvaluation[]'], context: ['$.metadata'] },
      read: readEvaluation,
    },
  ],
};

/** `anchore-cli` writes names with underscores, `anchorectl` in camel case. */
function vulnerabilities(path: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) =>
      (outline.has(`${path}.vuln`) && (outline.has(`${path}.feed_group`) || outline.has(`${path}.feedGroup`))) ||
      (path.startsWith('$.') && outline.has('$.vulnerability_type', '$.vulnerabilities')),
    layout: { entries: [path], context: ['$.imageDigest', '$.image_digest'] },
    read: readVulnerability,
  };
}

function readVulnerability({ value, parents: [root] }: JsonEntry): Draft {
  const id = textAt(value, 'vuln');
  const name = textAt(value, 'package_name') ?? textAt(value, 'packageName');
  const path = textAt(value, 'package_path') ?? textAt(value, 'packagePath');
  const digest = [root, value].map((holder) => textAt(holder, 'imageDigest') ?? textAt(holder, 'image_digest'));
  const url = textAt(value, 'url');
  const scores = (key: string): Loose<CvssScore>[] => listAt(value, key).flatMap(readScores);
  return {
    kind: 'vulnerability',
    rule: { id, helpUri: url },
    title: [id, name].filter(Boolean).join(' in '),
    description: textAt(value, 'description'),
    severity: textAt(value, 'severity'),
    cvss: ['nvd_data', 'nvdData', 'vendor_data', 'vendorData'].flatMap(scores),
    aliases: parseVulnerabilityIds(id),
    package: {
      name,
      version: textAt(value, 'package_version') ?? textAt(value, 'packageVersion'),
      ecosystem: textAt(value, 'package_type') ?? textAt(value, 'packageType'),
      fixedVersions: readVersions(textAt(value, 'fix')),
    },
    // What came from the system's own packages has no path.
    location: { path: path === 'pkgdb' || path === 'None' ? undefined : path },
    asset: readAsset(digest.find((text) => text !== undefined)),
    references: url === undefined ? [] : [url],
  };
}

/** -1 stands for a score that nobody gave. */
function readScores(item: unknown): Loose<CvssScore>[] {
  return (
    [
      ['2.0', 'cvss_v2', 'base_score'],
      ['3.0', 'cvss_v3', 'base_score'],
      ['2.0', 'cvssV2', 'baseScore'],
      ['3.0', 'cvssV3', 'baseScore'],
    ] as const
  ).flatMap(([version, key, field]) => {
    const score = numberAt(item, key, field);
    return score === undefined || score < 0 ? [] : [{ version, score }];
  });
}

function readEvaluation({ value, parents: [root] }: JsonEntry): Draft {
  const id = textAt(value, 'vulnerabilityId');
  const [registry, repository, tag] = ['registry', 'repository', 'tag'].map((name) => textAt(root, 'metadata', name));
  const image = repository === undefined ? undefined : [registry, repository].filter(Boolean).join('/') + (tag ? `:${tag}` : '');
  const name = textAt(value, 'package');
  const link = textAt(value, 'link');
  return {
    kind: 'vulnerability',
    rule: { id, helpUri: link },
    title: [id, name].filter(Boolean).join(' in '),
    severity: textAt(value, 'severity'),
    cvss: [{ version: '3.0', score: numberAt(value, 'nvdCvssBaseScore') }],
    aliases: parseVulnerabilityIds(id, textAt(value, 'cves')),
    package: { name, ecosystem: textAt(value, 'packageType'), fixedVersions: readVersions(textAt(value, 'fixAvailable')) },
    location: { path: textAt(value, 'path') },
    asset: readAsset(image ?? textAt(root, 'metadata', 'imageDigest')),
    references: link === undefined ? [] : [link],
    foundAt: textAt(value, 'detectedAt'),
  };
}

function readVersions(text: string | undefined): string[] {
  return text === undefined || /^(?:none|n\/a)$/i.test(text) ? [] : splitList(text);
}

function readAsset(name: string | undefined): Draft['asset'] {
  return name === undefined ? undefined : { type: 'image', name };
}
