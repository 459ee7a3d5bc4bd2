import { findAddresses } from '../find-addresses.ts';
import { joinTexts } from '../join-texts.ts';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { childAt, childrenAt, childText, childTexts } from '../reading/xml-element.ts';
import { stripMarkup } from '../strip-markup.ts';
import { toSite } from '../to-site.ts';
import type { Format, Reading } from './format.ts';
import { hasIssueShape, issueLayout, namesBrand, readElement, readIssue } from './netsparker.ts';

/** Reports of Acunetix as XML, and of Acunetix 360 as XML and JSON, built like Netsparker's; its JSON is told from that by whom its texts name. */
export const acunetix: Format = {
  id: 'acunetix',
  name: 'Acunetix',
  variants: [
    {
      form: 'xml',
      recognises: (outline) => outline.root === 'ScanGroup' && outline.has('/ScanGroup/Scan/StartURL'),
      layout: { entries: ['/ScanGroup/Scan/ReportItems/ReportItem'], context: ['/ScanGroup/Scan/StartURL'] },
      read: readItem,
    },
    {
      form: 'json',
      recognises: (outline) => hasIssueShape(outline) && (namesBrand(outline, /acunetix/i) || !namesBrand(outline, /netsparker|invicti/i)),
      layout: issueLayout,
      read: readIssue,
    },
    {
      form: 'xml',
      recognises: ({ root }) => root === 'acunetix-360',
      layout: { entries: ['/acunetix-360/vulnerabilities/vulnerability'] },
      read: readElement,
    },
  ],
};

function readItem({ element, parents }: XmlEntry): Reading {
  const start = childText(parents[1], 'StartURL');
  const affects = childText(element, 'Affects');
  const cves = parseVulnerabilityIds(...childTexts(element, 'CVEList', 'CVE'));
  return {
    kind: cves.length > 0 ? 'vulnerability' : 'weakness',
    rule: { id: childText(element, 'ModuleName'), name: childText(element, 'Name') },
    title: childText(element, 'Name'),
    description: joinTexts(
      ...['Description', 'Details', 'DetailedInformation', 'Impact'].map((name) => stripMarkup(childText(element, name))),
    ),
    remedy: stripMarkup(childText(element, 'Recommendation')),
    severity: childText(element, 'Severity'),
    cvss: (['2.0', '3.0', '4.0'] as const).map((version) => {
      const cvss = childAt(element, version === '2.0' ? 'CVSS' : `CVSS${version[0]}`);
      const vector = childText(cvss, 'Descriptor');
      const score = childText(cvss, 'Score');
      return { version: vector?.startsWith('CVSS:') ? undefined : version, vector, score: score === undefined ? undefined : Number(score) };
    }),
    cwes: parseCwes(...childTexts(element, 'CWEList', 'CWE')),
    aliases: cves,
    location: {
      url: affects?.startsWith('/') ? `${start?.replace(/\/$/, '') ?? ''}${affects}` : start,
      method: /^[A-Z]+(?= )/.exec(childText(element, 'TechnicalDetails', 'Request') ?? '')?.[0],
      parameter: childText(element, 'Parameter'),
      path: childText(element, 'AOP_SourceFile'),
      line: Number(childText(element, 'AOP_SourceLine')) || undefined,
    },
    asset: toSite(start) ?? (start === undefined ? undefined : { type: 'web', name: start }),
    references: childrenAt(element, 'References', 'Reference').flatMap((reference) => findAddresses(childText(reference, 'URL'))),
    suppression: childText(element, 'IsFalsePositive') === 'True' ? { kind: 'false-positive' } : undefined,
    identity: childText(element, 'Name'),
  };
}
