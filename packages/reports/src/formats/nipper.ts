import { joinTexts } from '../join-texts.ts';
import { parseVulnerabilityIds } from '../parse-ids.ts';
import type { XmlElement } from '../reading/xml-element.ts';
import { attributeOf, childAt, childrenAt, childText, childTexts } from '../reading/xml-element.ts';
import type { Draft, Format, Reading } from './format.ts';

/** Reports of Titania Nipper on devices of a network, as XML. Tables are left out: they hold what the devices are configured with. */
export const nipper: Format = {
  id: 'nipper',
  name: 'Nipper',
  variants: [
    {
      form: 'xml',
      recognises: (outline) => outline.root === 'document' && outline.attribute('/document', 'nipperstudio') !== undefined,
      layout: { entries: ['/document/report/part/section'] },
      read: ({ element, parents: [root] }) => readSection(element, attributeOf(root, 'nipperstudio')),
    },
  ],
};

/** One finding for each device that it is about. */
function readSection(section: XmlElement, version: string | undefined): Reading | readonly Reading[] {
  const issue = childAt(section, 'issuedetails');
  if (issue === undefined) return { skipped: 'section without issue' };
  const title = attributeOf(section, 'title');
  const ratings = childAt(issue, 'ratings');
  const base = childAt(ratings, 'cvssv2-base');
  const aliases = parseVulnerabilityIds(title);
  const problem: Draft = {
    kind: aliases.length > 0 ? 'vulnerability' : 'misconfiguration',
    rule: { id: attributeOf(section, 'ref') ?? title },
    title,
    description: joinTexts(...['FINDING', 'IMPACT', 'EASE'].flatMap((ref) => findTexts(section, ref))),
    remedy: joinTexts(...findTexts(section, 'RECOMMENDATION')),
    severity: childText(ratings, 'rating'),
    cvss: [{ version: '2.0', score: Number(attributeOf(base, 'score') ?? Number.NaN), vector: base?.text.trim() || undefined }],
    aliases,
    identity: title,
    tool: { version },
  };
  const devices = childrenAt(issue, 'devices', 'device').flatMap((device) => attributeOf(device, 'name') ?? []);
  return devices.length === 0 ? problem : devices.map((name) => ({ ...problem, location: { host: name }, asset: { type: 'host', name } }));
}

function findTexts(section: XmlElement, ref: string): readonly string[] {
  return childrenAt(section, 'section').flatMap((inner) => (attributeOf(inner, 'ref') === ref ? childTexts(inner, 'text') : []));
}
