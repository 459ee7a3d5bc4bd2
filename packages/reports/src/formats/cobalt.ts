import { joinTexts } from '../join-texts.ts';
import { findAddresses } from '../find-addresses.ts';
import { toSite } from '../to-site.ts';
import type { Format } from './format.ts';

/** Findings of a pentest at Cobalt, as CSV. */
export const cobalt: Format = {
  id: 'cobalt',
  name: 'Cobalt',
  variants: [
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('Token', 'Title', 'CriticalityJustification', 'StepsToReproduce', 'RefKey'),
      layout: { columns: ['Token', 'Title', 'CriticalityJustification', 'StepsToReproduce', 'RefKey'] },
      read(entry) {
        const url = entry.field('BrowserUrl');
        return {
          kind: 'weakness',
          rule: { id: entry.field('Type') ?? entry.field('Title') },
          title: entry.field('Title'),
          description: joinTexts(
            ...['Description', 'CriticalityJustification', 'StepsToReproduce', 'Prerequisites'].map((name) => entry.field(name)),
          ),
          remedy: entry.field('SuggestedFix'),
          severity: entry.field('Severity'),
          location: { url },
          asset: toSite(url),
          references: findAddresses(entry.field('ReportUrl')),
          foundAt: entry.field('CreatedAt'),
          ownFingerprint: entry.field('Token') ?? entry.field('RefKey'),
        };
      },
    },
  ],
};
