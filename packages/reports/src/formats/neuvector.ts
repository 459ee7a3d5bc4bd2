import { parseVulnerabilityIds } from '../parse-ids.ts';
import { numberAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import { splitList } from '../split-list.ts';
import type { Draft, Format, Reading } from './format.ts';

/** Reports of NeuVector on an image or a workload (its REST API and scanner), and results of its compliance checks. */
export const neuvector: Format = {
  id: 'neuvector',
  name: 'NeuVector',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.report.vulnerabilities[].package_name', '$.report.vulnerabilities[].score_v3') ||
        (outline.has('$.report.vulnerabilities', '$.report.image_id') && outline.has('$.report.base_os')) ||
        outline.has('$.report.checks[].test_number'),
      layout: {
        entries: ['$.report.vulnerabilities[]', '$.report.checks[]'],
        context: ['registry', 'repository', 'tag', 'image_id'].map((name) => `$.report.${name}`),
      },
      read: (entry) => (entry.path === '$.report.checks[]' ? readCheck(entry) : readVulnerability(entry)),
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$.items[].test_number', '$.items[].level', '$.items[].category'),
      layout: { entries: ['$.items[]'] },
      read: readCheck,
    },
  ],
};

function readVulnerability({ value, parents }: JsonEntry): Draft {
  const report = parents.at(-1);
  const [id, name, link] = [textAt(value, 'name'), textAt(value, 'package_name'), textAt(value, 'link')];
  const fixed = textAt(value, 'fixed_version');
  const published = numberAt(value, 'published_timestamp');
  const score = (key: string): number | undefined => numberAt(value, key) || undefined;
  return {
    kind: 'vulnerability',
    rule: { id, helpUri: link },
    title: [id, name].filter(Boolean).join(' in '),
    description: textAt(value, 'description'),
    severity: textAt(value, 'severity'),
    cvss: [
      { version: '2.0', score: score('score'), vector: textAt(value, 'vectors') },
      { version: '3.0', score: score('score_v3'), vector: textAt(value, 'vectors_v3') },
    ],
    aliases: parseVulnerabilityIds(id),
    package: { name, version: textAt(value, 'package_version'), fixedVersions: splitList(fixed, /[,;]/) },
    location: { path: textAt(value, 'file_name') },
    asset: readAsset(report),
    references: link === undefined ? [] : [link],
    publishedAt: published && published > 0 ? new Date(published * 1000).toJSON() : undefined,
    suppression: textsAt(value, 'tags').includes('accepted') ? { kind: 'accepted' } : undefined,
  };
}

function readCheck({ value, parents }: JsonEntry): Reading {
  const level = textAt(value, 'level');
  if (level === 'PASS') return { skipped: 'passed check' };
  const number = textAt(value, 'test_number');
  const messages = textsAt(value, 'message');
  return {
    kind: 'misconfiguration',
    rule: { id: number, name: textAt(value, 'profile') },
    title: textAt(value, 'description'),
    description: messages.join('\n'),
    remedy: textAt(value, 'remediation'),
    severity: level,
    location: { resource: [textAt(value, 'category'), textAt(value, 'location')].filter(Boolean).join(' ') },
    asset: readAsset(parents.at(-1)),
    identity: messages.join('\n'),
  };
}

function readAsset(report: unknown): Draft['asset'] {
  const repository = textAt(report, 'repository');
  const tag = textAt(report, 'tag');
  return repository === undefined ? undefined : { type: 'image', name: tag === undefined ? repository : `${repository}:${tag}` };
}
