import type { CvssScore } from '@deployguard/findings';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { listAt, numberAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry, JsonObject } from '../reading/read-json-entries.ts';
import type { Draft, Format, Reading } from './format.ts';

/** Vulnerabilities in CycloneDX documents in JSON (https://cyclonedx.org/docs/1.6/json/): a vulnerability is a finding in each component that it affects. */
export const cyclonedx: Format = {
  id: 'cyclonedx',
  name: 'CycloneDX',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.matches('$.bomFormat', /^CycloneDX$/),
      layout: { entries: ['$.vulnerabilities[]'], context: ['$.components', '$.metadata'] },
      read: readVulnerability,
    },
  ],
};

function readVulnerability({ value, parents: [root] }: JsonEntry): Reading | readonly Reading[] {
  const affected = listAt(value, 'affects').map((item) => textAt(item, 'ref'));
  const rated = toDraft(value, root);
  if (affected.length === 0) return rated;
  const components = indexComponents(root!);
  return affected.map((reference) => ({
    ...rated,
    package: toPackage(components.get(reference ?? ''), reference),
    location: { resource: reference },
  }));
}

function toDraft(value: unknown, root: JsonObject | undefined): Draft {
  const id = textAt(value, 'id');
  const [rating] = listAt(value, 'ratings').toSorted((a, b) => (numberAt(b, 'score') ?? 0) - (numberAt(a, 'score') ?? 0));
  return {
    kind: 'vulnerability',
    rule: { id, helpUri: textAt(value, 'source', 'url') },
    title: id ?? textAt(value, 'description'),
    description: [textAt(value, 'description'), textAt(value, 'detail')].filter((text) => text !== undefined).join('\n\n'),
    remedy: textAt(value, 'recommendation'),
    severity: textAt(rating, 'severity'),
    cvss: listAt(value, 'ratings').flatMap(readCvss),
    cwes: parseCwes(...textsAt(value, 'cwes')),
    aliases: parseVulnerabilityIds(id, ...listAt(value, 'references').map((reference) => textAt(reference, 'id'))),
    references: listAt(value, 'advisories').flatMap((advisory) => textAt(advisory, 'url') ?? []),
    publishedAt: textAt(value, 'published'),
    suppression: readAnalysis(value),
    tool: { name: textAt(root, 'metadata', 'tools', 'components', 0, 'name') ?? textAt(root, 'metadata', 'tools', 0, 'name') },
  };
}

/** Methods of §ratings: `CVSSv2`, `CVSSv3`, `CVSSv31`, `CVSSv4`; others are no CVSS. */
function readCvss(rating: unknown): CvssScore[] {
  const version = ({ CVSSv2: '2.0', CVSSv3: '3.0', CVSSv31: '3.1', CVSSv4: '4.0' } as const)[textAt(rating, 'method') as 'CVSSv2'];
  const score = numberAt(rating, 'score');
  const vector = textAt(rating, 'vector');
  const source = textAt(rating, 'source', 'name');
  if (version === undefined || (score === undefined && vector === undefined)) return [];
  return [
    { version, ...(score !== undefined && { score }), ...(vector !== undefined && { vector }), ...(source !== undefined && { source }) },
  ];
}

/** States of §analysis that say that there is nothing left to do. */
function readAnalysis(value: unknown): Draft['suppression'] {
  const reason = textAt(value, 'analysis', 'detail') ?? textAt(value, 'analysis', 'justification');
  switch (textAt(value, 'analysis', 'state')) {
    case 'false_positive':
      return { kind: 'false-positive', reason };
    case 'not_affected':
      return { kind: 'not-affected', reason };
    case 'resolved':
    case 'resolved_with_pedigree':
      return { kind: 'fixed', reason };
    default:
      return undefined;
  }
}

const indexes = new WeakMap<JsonObject, ReadonlyMap<string, unknown>>();

/** Components by their reference, also those inside of others. */
function indexComponents(root: JsonObject): ReadonlyMap<string, unknown> {
  const known = indexes.get(root);
  if (known) return known;
  const index = new Map<string, unknown>();
  const add = (component: unknown): void => {
    const reference = textAt(component, 'bom-ref');
    if (reference !== undefined) index.set(reference, component);
    for (const inner of listAt(component, 'components')) add(inner);
  };
  for (const component of [...listAt(root, 'components'), (root['metadata'] as { component?: unknown } | undefined)?.component])
    add(component);
  indexes.set(root, index);
  return index;
}

function toPackage(component: unknown, reference: string | undefined): Draft['package'] {
  const group = textAt(component, 'group');
  const name = textAt(component, 'name');
  return {
    name: name === undefined ? reference : group === undefined ? name : `${group}/${name}`,
    version: textAt(component, 'version'),
    purl: textAt(component, 'purl'),
  };
}
