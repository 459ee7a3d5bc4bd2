import { parseVulnerabilityIds } from '../parse-ids.ts';
import { parsePurl } from '../parse-purl.ts';
import { listAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Draft, Format, JsonVariant, Reading } from './format.ts';

/** OpenVEX documents (https://github.com/openvex/spec): a statement is a finding in each product that it names, with what it says about it. */
export const openvex: Format = {
  id: 'openvex',
  name: 'OpenVEX',
  // An attestation of in-toto has the document inside.
  variants: ['$', '$.predicate'].map((root): JsonVariant => ({
    form: 'json',
    recognises: (outline) => outline.matches(`${root}.@context`, /openvex/i) && outline.has(`${root}.statements`),
    layout: { entries: [`${root}.statements[]`], context: ['author', 'timestamp', 'tooling'].map((name) => `${root}.${name}`) },
    read: readStatement,
  })),
};

function readStatement({ value, parents }: JsonEntry): Reading | Reading[] {
  const root = parents.at(-1);
  const status = textAt(value, 'status');
  // Before version 0.2.0 it was a text.
  const id = textAt(value, 'vulnerability', 'name') ?? textAt(value, 'vulnerability', '@id') ?? textAt(value, 'vulnerability');
  const draft: Draft = {
    kind: 'vulnerability',
    rule: { id },
    title: id,
    description: textAt(value, 'vulnerability', 'description') ?? textAt(value, 'status_notes'),
    remedy: textAt(value, 'action_statement'),
    aliases: parseVulnerabilityIds(id, ...textsAt(value, 'vulnerability', 'aliases')),
    suppression: readStatus(status, textAt(value, 'impact_statement') ?? textAt(value, 'justification')),
    foundAt: textAt(value, 'timestamp') ?? textAt(root, 'timestamp'),
    tool: { name: textAt(root, 'tooling')?.replace(/^https?:\/\/\S*\//, '') },
  };
  const products = listAt(value, 'products');
  if (products.length === 0) return draft;
  return products.flatMap((product): Draft[] => {
    const subcomponents = listAt(product, 'subcomponents');
    const name = readName(product);
    if (subcomponents.length === 0) return [{ ...draft, package: parsePurl(name), identity: name }];
    // What is vulnerable is the part; the product contains it.
    return subcomponents.map((part) => ({ ...draft, package: parsePurl(readName(part)), location: { resource: name }, identity: name }));
  });
}

function readName(component: unknown): string | undefined {
  return textAt(component, 'identifiers', 'purl') ?? textAt(component, '@id') ?? textAt(component);
}

function readStatus(status: string | undefined, reason: string | undefined): Draft['suppression'] {
  if (status === 'not_affected') return { kind: 'not-affected', reason };
  return status === 'fixed' ? { kind: 'fixed', reason } : undefined;
}
