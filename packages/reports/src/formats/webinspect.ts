import type { Severity } from '@deployguard/findings';
import { findAddresses } from '../find-addresses.ts';
import { joinTexts } from '../join-texts.ts';
import { parseCwes } from '../parse-ids.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { attributeOf, childrenAt, childText } from '../reading/xml-element.ts';
import { stripMarkup } from '../strip-markup.ts';
import { toSite } from '../to-site.ts';
import type { Format, Reading } from './format.ts';

/** Reports of Fortify WebInspect: sessions with their issues, as XML. Recorded requests and responses are left out. */
export const webinspect: Format = {
  id: 'webinspect',
  name: 'Fortify WebInspect',
  variants: [
    {
      form: 'xml',
      recognises: (outline) => outline.root === 'Sessions' && outline.has('/Sessions/Session'),
      layout: { entries: ['/Sessions/Session/Issues/Issue'], context: ['/Sessions/Session/URL', '/Sessions/Session/AttackMethod'] },
      read: readIssue,
    },
  ],
};

const labels: ReadonlyMap<string, Severity> = new Map([
  ['0', 'info'],
  ['1', 'low'],
  ['2', 'medium'],
  ['3', 'high'],
  ['4', 'critical'],
]);

function readIssue({ element, parents }: XmlEntry): Reading {
  const session = parents[1];
  const section = (word: string): string | undefined => {
    const found = childrenAt(element, 'ReportSection').find((candidate) => childText(candidate, 'Name')?.includes(word));
    return childText(found, 'SectionText');
  };
  const classifications = childrenAt(element, 'Classifications', 'Classification').filter((item) => attributeOf(item, 'kind') === 'CWE');
  const severity = childText(element, 'Severity');
  const url = childText(session, 'URL') ?? childText(element, 'URL');
  return {
    kind: 'weakness',
    rule: { id: childText(element, 'VulnerabilityID') ?? childText(element, 'Name'), name: childText(element, 'Name') },
    title: childText(element, 'Name'),
    description: joinTexts(stripMarkup(section('Summary')), stripMarkup(section('Implication'))),
    remedy: stripMarkup(section('Fix')),
    severity,
    severityLabel: labels.get(severity ?? ''),
    cwes: parseCwes(...classifications.map((item) => attributeOf(item, 'identifier'))),
    location: { url, method: childText(session, 'AttackMethod') ?? childText(element, 'AttackMethod') },
    asset: toSite(url),
    references: findAddresses(section('Reference')),
    identity: childText(element, 'CheckTypeID') ?? '',
  };
}
