import type { CvssScore } from '@deployguard/findings';
import { parseVulnerabilityIds } from '../parse-ids.ts';
import { listAt, numberAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry, JsonObject } from '../reading/json-entry.ts';
import type { Draft, Format, Loose } from './format.ts';

/** Reports of the OSS Review Toolkit: its "evaluated model" in JSON, with violations of rules and vulnerabilities. */
export const ort: Format = {
  id: 'ort',
  name: 'OSS Review Toolkit',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.rule_violations', '$.dependency_trees', '$.packages'),
      layout: { entries: ['$.rule_violations[]', '$.vulnerabilities[]'], context: ['$.packages', '$.licenses', '$.repository'] },
      read: (entry) => (entry.path === '$.vulnerabilities[]' ? readVulnerability(entry) : readViolation(entry)),
    },
  ],
};

function readViolation({ value, parents: [root] }: JsonEntry): Draft {
  const rule = textAt(value, 'rule');
  const license = textAt(findById(root, 'licenses', textAt(value, 'license')), 'id');
  const severity = textAt(value, 'severity');
  return {
    ...describePackage(root, value),
    kind: license === undefined ? 'quality' : 'license',
    rule: { id: rule },
    title: textAt(value, 'message') ?? rule,
    description: license === undefined ? undefined : `License: ${license} (${textAt(value, 'license_source') ?? 'source unknown'})`,
    remedy: textAt(value, 'how_to_fix'),
    severity,
    severityLabel: severity === 'HINT' ? 'info' : undefined,
    identity: license,
  };
}

function readVulnerability({ value, parents: [root] }: JsonEntry): Draft {
  const id = textAt(value, 'id');
  const references = listAt(value, 'references');
  const common = describePackage(root, value);
  return {
    ...common,
    kind: 'vulnerability',
    rule: { id },
    title: textAt(value, 'summary') ?? [id, common.package?.name].filter(Boolean).join(' in '),
    description: textAt(value, 'description'),
    severity: references.flatMap((reference) => textsAt(reference, 'severity')).find((text) => Number.isNaN(Number(text))),
    cvss: references.map(readScore),
    aliases: parseVulnerabilityIds(id),
    references: references.flatMap((reference) => textAt(reference, 'url') ?? []),
  };
}

/** Since version 20 the severity is a word and the score has its own member. */
function readScore(reference: unknown): Loose<CvssScore> {
  const system = textAt(reference, 'scoring_system') ?? '';
  const version = (['2.0', '3.0', '3.1', '4.0'] as const).find((known) => system.includes(known) || system === `CVSS${known[0]}`);
  return { version, score: numberAt(reference, 'score') ?? numberAt(reference, 'severity'), vector: textAt(reference, 'vector') };
}

function describePackage(root: JsonObject | undefined, value: unknown): Pick<Draft, 'package' | 'location' | 'asset' | 'suppression'> {
  const pkg = findById(root, 'packages', textAt(value, 'pkg'));
  // `Maven:group:name:1.0`
  const [ecosystem, group, name, version] = textAt(pkg, 'id')?.split(':') ?? [];
  const repository = textAt(root, 'repository', 'vcs_processed', 'url');
  return {
    package: { name: [group, name].filter(Boolean).join('/') || undefined, version, ecosystem, purl: textAt(pkg, 'purl') },
    location: { path: textAt(pkg, 'definition_file_path') },
    asset: repository === undefined ? undefined : { type: 'repository', name: repository },
    suppression: textsAt(value, 'resolutions').length > 0 ? { kind: 'accepted', reason: 'resolved in ORT' } : undefined,
  };
}

/** Things refer to each other by number, as a rule their place in the list. */
function findById(root: JsonObject | undefined, list: string, id: string | undefined): unknown {
  if (id === undefined) return undefined;
  const items = listAt(root, list);
  const expected = items[Number(id)];
  return textAt(expected, '_id') === id ? expected : items.find((item) => textAt(item, '_id') === id);
}
