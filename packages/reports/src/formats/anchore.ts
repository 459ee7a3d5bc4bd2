import type { CvssScore } from '@deployguard/findings';
import { parseVulnerabilityIds } from '../parse-ids.ts';
import { isTrueAt, listAt, numberAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import { splitList } from '../split-list.ts';
import type { Draft, Format, JsonVariant, Loose } from './format.ts';

/**
 * Vulnerabilities that Anchore Engine and Enterprise found in an image or an application: `anchore-cli image vuln`, `anchorectl image
 * vulnerabilities`, `anchorectl application vulnerability list`, and the evaluation of Enterprise.
 */
export const anchore: Format = {
  id: 'anchore',
  name: 'Anchore',
  variants: [
    vulnerabilities('$.vulnerabilities[]'),
    vulnerabilities('$[]'),
    // Beside what else `anchorectl` was asked for.
    vulnerabilities('$.vulnerabilities.vulnerabilities[]'),
    {
      form: 'json',
      recognises: (outline) => outline.hasList('$.securityEvaluation') && outline.has('$.metadata'),
      layout: { entries: ['$.securityEvaluation[]'], context: ['$.metadata'] },
      read: readEvaluation,
    },
  ],
};

/** Members that stand together nowhere else; lists of applications say the state of a fix. */
const marks = [
  ['vuln', 'package_name', 'package_type', 'package_version'],
  ['vuln', 'packageName', 'packageType', 'packageVersion'],
  ['vulnerability_id', 'package_name', 'package_type', 'fix_state'],
  ['vulnerabilityId', 'packageName', 'packageType', 'fixState'],
];

/** `anchore-cli` writes names with underscores, `anchorectl` in camel case. */
function vulnerabilities(path: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) =>
      (outline.has(`${path}.vuln`) && (outline.has(`${path}.feed_group`) || outline.has(`${path}.feedGroup`))) ||
      marks.some((names) => outline.has(...names.map((name) => `${path}.${name}`))) ||
      (path.startsWith('$.') && outline.has('$.vulnerability_type', '$.vulnerabilities')),
    layout: { entries: [path], context: ['$.imageDigest', '$.image_digest'] },
    read: readVulnerability,
  };
}

function readVulnerability({ value, parents: [root] }: JsonEntry): Draft {
  const [id, name, version, path, purl] = [
    ['vuln', 'vulnerability_id', 'vulnerabilityId'],
    ['package_name', 'packageName'],
    ['package_version', 'packageVersion'],
    ['package_path', 'packagePath'],
    ['purl'],
  ].map((keys) => keys.map((key) => textAt(value, key)).find((text) => text !== undefined));
  const hasNoFix =
    isTrueAt(value, 'will_not_fix') ||
    isTrueAt(value, 'willNotFix') ||
    (textAt(value, 'fix_state') ?? textAt(value, 'fixState')) === 'wont_fix';
  const digest = [root, value].map((holder) => textAt(holder, 'imageDigest') ?? textAt(holder, 'image_digest'));
  const url = textAt(value, 'url');
  const nvd = [...listAt(value, 'nvd_data'), ...listAt(value, 'nvdData')];
  const scores = (key: string): Loose<CvssScore>[] => listAt(value, key).flatMap(readScores);
  return {
    kind: 'vulnerability',
    rule: { id, helpUri: url },
    title: [id, name].filter(Boolean).join(' in '),
    description: textAt(value, 'description'),
    remedy: hasNoFix ? 'The vendor will not fix it.' : undefined,
    severity: textAt(value, 'severity'),
    cvss: ['nvd_data', 'nvdData', 'vendor_data', 'vendorData'].flatMap(scores),
    aliases: parseVulnerabilityIds(id),
    package: {
      name,
      version,
      purl,
      ecosystem: textAt(value, 'package_type') ?? textAt(value, 'packageType'),
      fixedVersions: [...readVersions(textAt(value, 'fix')), ...textsAt(value, 'fix_versions'), ...textsAt(value, 'fixVersions')],
    },
    // What came from the system's own packages has no path.
    location: { path: path === 'pkgdb' || path === 'None' ? undefined : path },
    asset: readAsset(digest.find((text) => text !== undefined)),
    references: url === undefined ? [] : [url],
    isKnownExploited: isTrueAt(value, 'kev') || nvd.some((item) => isTrueAt(item, 'is_kev') || isTrueAt(item, 'isKev')),
    foundAt: textAt(value, 'detected_at') ?? textAt(value, 'detectedAt'),
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
