import type { CvssScore } from '@deployguard/findings';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { listAt, numberAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonObject } from '../reading/json-entry.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import type { XmlElement } from '../reading/xml-element.ts';
import type { Draft, Format, JsonVariant, Reading } from './format.ts';

const component = '/bom/components/component';

/**
 * Vulnerabilities in CycloneDX documents in JSON and XML (https://cyclonedx.org/docs/1.6/), also those of the extension that there was before
 * version 1.4 (https://cyclonedx.org/ext/vulnerability/): a vulnerability is a finding in each component that it affects.
 */
export const cyclonedx: Format = {
  id: 'cyclonedx',
  name: 'CycloneDX',
  variants: [
    // An attestation of in-toto has the document inside.
    ...['$', '$.predicate'].map((root): JsonVariant => ({
      form: 'json',
      recognises: (outline) => outline.matches(`${root}.bomFormat`, /^CycloneDX$/),
      layout: { entries: [`${root}.vulnerabilities[]`], context: [`${root}.components`, `${root}.metadata`] },
      read: ({ value, parents }) => readVulnerability(value, parents.at(-1)!),
    })),
    {
      form: 'xml',
      recognises: ({ root, namespace }) => root === 'bom' && /cyclonedx\.org/.test(namespace),
      layout: {
        entries: ['/bom', component, `${component}/components/component`].map((holder) => `${holder}/vulnerabilities/vulnerability`),
        context: ['group', 'name', 'version', 'purl'].map((name) => `${component}/${name}`),
        tables: [component, '/bom/metadata'],
      },
      read: readElement,
    },
  ],
};

function readVulnerability(value: unknown, root: JsonObject): Reading | readonly Reading[] {
  const affected = listAt(value, 'affects').map((item) => textAt(item, 'ref'));
  const rated = toDraft(value, root);
  if (affected.length === 0) return rated;
  const components = indexComponents(root);
  return affected.map((reference) => ({
    ...rated,
    package: toPackage(components.get(reference ?? ''), reference),
    location: { resource: reference },
  }));
}

const roots = new WeakMap<XmlEntry['tables'], JsonObject>();

/** XML and JSON have the same members; those of the extension are put into their places. */
function readElement({ element, parents, tables }: XmlEntry): Reading | readonly Reading[] {
  let root = roots.get(tables);
  if (!root) {
    root = { components: Array.from(tables.get(component) ?? [], toValue), metadata: toValue(tables.get('/bom/metadata')?.at(0)) };
    roots.set(tables, root);
  }
  const value = objectAt(toValue(element)) ?? {};
  const holder = toValue(parents.findLast(({ name }) => name === 'component'));
  const reference = textAt(value, 'ref') ?? textAt(holder, 'bom-ref');
  if (value['affects'] !== undefined) return readVulnerability(value, root);
  const rating = (item: unknown): unknown => ({ ...objectAt(item), score: textAt(item, 'score', 'base') ?? textAt(item, 'score') });
  const read = readVulnerability(
    {
      ...value,
      ratings: listAt(value, 'ratings').map(rating),
      advisories: listAt(value, 'advisories').map((item) => (textAt(item) === undefined ? item : { url: item })),
      recommendation: textAt(value, 'recommendations', 'recommendation') ?? textAt(value, 'recommendation'),
      affects: reference === undefined ? [] : [{ ref: reference }],
    },
    root,
  );
  return reference === undefined && objectAt(holder) ? { ...([read].flat()[0] as Draft), package: toPackage(holder, undefined) } : read;
}

const lists = new Set(['advisories', 'affects', 'components', 'cwes', 'ratings', 'references']);

function toValue(element: XmlElement | undefined): unknown {
  if (element === undefined) return undefined;
  const { name, attributes, children, text } = element;
  // Before version 1.5 tools were a list, then an object with a list of components.
  if (lists.has(name) || children[0]?.name === 'tool') return children.map(toValue);
  if (children.length === 0 && Object.keys(attributes).length === 0) return text;
  return { ...attributes, ...Object.fromEntries(children.map((child) => [child.name, toValue(child)])) };
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

/** Methods of §ratings; others are no CVSS. */
const versions: ReadonlyMap<string, CvssScore['version']> = new Map([
  ['CVSSv2', '2.0'],
  ['CVSSv3', '3.0'],
  ['CVSSv31', '3.1'],
  ['CVSSv4', '4.0'],
]);

function readCvss(rating: unknown): CvssScore[] {
  const version = versions.get(textAt(rating, 'method') ?? '');
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
