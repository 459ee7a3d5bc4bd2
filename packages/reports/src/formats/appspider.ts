import { findAddresses } from '../find-addresses.ts';
import { joinTexts } from '../join-texts.ts';
import { findSeverity } from '../normalize-severity.ts';
import { parseCwes } from '../parse-ids.ts';
import { childText } from '../reading/xml-element.ts';
import { stripMarkup } from '../strip-markup.ts';
import { toSite } from '../to-site.ts';
import type { Format } from './format.ts';

/** Reports of Rapid7 AppSpider: VulnerabilitiesSummary.xml. The recorded traffic is left out. */
export const appspider: Format = {
  id: 'appspider',
  name: 'AppSpider',
  variants: [
    {
      form: 'xml',
      recognises: (outline) => outline.root === 'VulnSummary' && outline.has('/VulnSummary/ScanName'),
      layout: { entries: ['/VulnSummary/VulnList/Vuln'], context: ['/VulnSummary/AppVersion'] },
      read({ element, parents: [root] }) {
        const get = (name: string): string | undefined => {
          const text = childText(element, name);
          return text === 'N/A' ? undefined : text;
        };
        const score = get('AttackScore');
        return {
          kind: 'weakness',
          rule: { id: get('ModuleId') ?? get('VulnType'), name: get('VulnType') },
          title: get('VulnType'),
          description: joinTexts(stripMarkup(get('Description')), get('AttackType')),
          remedy: stripMarkup(get('Recommendation')),
          severity: score,
          // `2-Low`
          severityLabel: score?.endsWith('-Safe') ? 'info' : findSeverity(score?.replace(/^\d-/, '')),
          cwes: parseCwes(get('CweId')),
          location: { url: get('VulnUrl') ?? get('Url'), method: get('Method'), parameter: get('ParameterName') },
          asset: toSite(get('WebSite')),
          references: findAddresses(get('Description'), get('Recommendation')),
          identity: [get('VulnType'), get('AttackType')].join(' '),
          tool: { version: childText(root, 'AppVersion') },
        };
      },
    },
  ],
};
