import type { CvssScore } from '@deployguard/findings';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { parsePurl } from '../parse-purl.ts';
import { listAt, numberAt, objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry, JsonObject } from '../reading/json-entry.ts';
import type { Draft, Format, Loose, Reading } from './format.ts';

/** Advisories in CSAF 2.0 and 2.1 (https://docs.oasis-open.org/csaf/csaf/v2.0/): a vulnerability is a finding in each product that it says something about. */
export const csaf: Format = {
  id: 'csaf',
  name: 'CSAF',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.document.csaf_version', '$.document.tracking'),
      layout: { entries: ['$.vulnerabilities[]'], context: ['$.document', '$.product_tree'] },
      read: readVulnerability,
    },
  ],
};

/** Groups of `product_status`, and what they say. */
const statuses: readonly (readonly [string, NonNullable<Draft['suppression']>['kind'] | undefined])[] = [
  ['known_affected', undefined],
  ['first_affected', undefined],
  ['last_affected', undefined],
  ['under_investigation', undefined],
  ['unknown', undefined],
  ['known_not_affected', 'not-affected'],
  ['fixed', 'fixed'],
  ['first_fixed', 'fixed'],
];

function readVulnerability({ value, parents: [root] }: JsonEntry): Reading | Reading[] {
  const products = indexProducts(root!);
  const draft = toDraft(value, root!);
  const found = statuses.flatMap(([status, kind]) =>
    textsAt(value, 'product_status', status).map((id): Draft => {
      const product = products.get(id);
      const scored = listAt(value, 'scores')
        .concat(listAt(value, 'metrics'))
        .filter((score) => textsAt(score, 'products').includes(id));
      const cvss = scored.flatMap(readScores);
      const remedies = listAt(value, 'remediations').filter((remedy) => textsAt(remedy, 'product_ids').includes(id));
      const flag = listAt(value, 'flags').find((item) => textsAt(item, 'product_ids').includes(id));
      return {
        ...draft,
        severity: draft.severity ?? scored.flatMap((score) => textsAt(score, 'cvss_v3', 'baseSeverity'))[0],
        cvss,
        remedy: remedies.flatMap((remedy) => textAt(remedy, 'details') ?? []).join('\n\n'),
        package: { ...parsePurl(product?.purl), name: product?.name ?? id },
        location: { resource: id },
        suppression: kind && { kind, reason: textAt(flag, 'label') },
      };
    }),
  );
  return found.length > 0 ? found : { ...draft, cvss: listAt(value, 'scores').concat(listAt(value, 'metrics')).flatMap(readScores) };
}

function toDraft(value: unknown, root: JsonObject): Draft {
  const ids = [textAt(value, 'cve'), ...listAt(value, 'ids').map((id) => textAt(id, 'text'))];
  const id = ids.find((text) => text !== undefined) ?? textAt(value, 'title');
  const impact = listAt(value, 'threats').find((threat) => textAt(threat, 'category') === 'impact');
  const notes = listAt(value, 'notes').filter((note) => /^(?:description|summary|details|general)$/.test(textAt(note, 'category') ?? ''));
  const impactText = textAt(impact, 'details');
  return {
    kind: 'vulnerability',
    rule: { id },
    title: textAt(value, 'title') ?? id,
    description: notes.flatMap((note) => textAt(note, 'text') ?? []).join('\n\n'),
    // One word, such as Red Hat's `Important`; others describe the impact.
    severity: impactText !== undefined && /^\w+$/.test(impactText) ? impactText : textAt(root, 'document', 'aggregate_severity', 'text'),
    cwes: parseCwes(textAt(value, 'cwe', 'id'), ...listAt(value, 'cwes').map((cwe) => textAt(cwe, 'id'))),
    aliases: parseVulnerabilityIds(...ids),
    references: listAt(value, 'references').flatMap((reference) => textAt(reference, 'url') ?? []),
    isKnownExploited: listAt(value, 'threats').some((threat) =>
      /known.?exploited|actively exploited/i.test(textAt(threat, 'details') ?? ''),
    ),
    foundAt: textAt(value, 'discovery_date'),
    publishedAt: textAt(value, 'release_date') ?? textAt(root, 'document', 'tracking', 'initial_release_date'),
    tool: { name: textAt(root, 'document', 'tracking', 'generator', 'engine', 'name') },
  };
}

/** Of `scores` (2.0) and `metrics` (2.1). */
function readScores(holder: unknown): Loose<CvssScore>[] {
  const content = objectAt(holder, 'content') ?? holder;
  const source = textAt(holder, 'source');
  return (
    [
      ['2.0', 'cvss_v2'],
      ['3.0', 'cvss_v3'],
      ['4.0', 'cvss_v4'],
    ] as const
  ).map(([version, key]) => ({
    version: textAt(content, key, 'version') === '3.1' ? '3.1' : version,
    score: numberAt(content, key, 'baseScore'),
    vector: textAt(content, key, 'vectorString'),
    source,
  }));
}

interface Product {
  readonly name: string | undefined;
  readonly purl: string | undefined;
}

const indexes = new WeakMap<JsonObject, ReadonlyMap<string, Product>>();

/** Products of the tree by their id: those in its branches, in its list, and those that relationships make of two. */
function indexProducts(root: JsonObject): ReadonlyMap<string, Product> {
  const known = indexes.get(root);
  if (known) return known;
  const index = new Map<string, Product>();
  const add = (product: unknown, purl?: string): void => {
    const id = textAt(product, 'product_id');
    const helper = textAt(product, 'product_identification_helper', 'purl') ?? textAt(product, 'product_identification_helper', 'purls', 0);
    if (id !== undefined) index.set(id, { name: textAt(product, 'name'), purl: helper ?? purl });
  };
  const walk = (branch: unknown): void => {
    add(objectAt(branch, 'product'));
    for (const inner of listAt(branch, 'branches')) walk(inner);
  };
  walk(objectAt(root, 'product_tree'));
  for (const product of listAt(root, 'product_tree', 'full_product_names')) add(product);
  for (const relation of listAt(root, 'product_tree', 'relationships'))
    add(objectAt(relation, 'full_product_name'), index.get(textAt(relation, 'product_reference') ?? '')?.purl);
  indexes.set(root, index);
  return index;
}
