import { findAddresses } from '../find-addresses.ts';
import { lineAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Detailed results that Solar appScreener exports as CSV (`Detailed_Results.csv`). */
export const solarAppscreener: Format = {
  id: 'solar-appscreener',
  name: 'Solar appScreener',
  variants: [
    {
      form: 'csv',
      recognises: (outline) =>
        outline.hasColumns('Vulnerability', 'Description', 'Recommendations', 'Links', 'Severity Level', 'File', 'Line'),
      layout: { columns: ['Vulnerability', 'Severity Level', 'File', 'Line'] },
      read({ field }) {
        return {
          kind: 'weakness',
          rule: { id: field('Vulnerability') },
          title: field('Vulnerability'),
          description: field('Description'),
          remedy: field('Recommendations'),
          severity: field('Severity Level'),
          location: { path: field('File'), line: lineAt(field('Line')) },
          references: findAddresses(field('Links')),
        };
      },
    },
  ],
};
