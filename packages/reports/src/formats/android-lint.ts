import type { Severity } from '@deployguard/findings';
import { findAddresses } from '../find-addresses.ts';
import { lineAt } from '../reading/read-field.ts';
import { attributeOf, childAt } from '../reading/xml-element.ts';
import type { Format } from './format.ts';

/** Reports of Android Lint: `lint-results.xml` (https://googlesamples.github.io/android-custom-lint-rules/). */
export const androidLint: Format = {
  id: 'android-lint',
  name: 'Android Lint',
  variants: [
    {
      form: 'xml',
      recognises: (outline) => outline.root === 'issues' && /^lint\b/.test(outline.attribute('/issues', 'by') ?? ''),
      layout: { entries: ['/issues/issue'] },
      read({ element, parents: [root] }) {
        const severity = attributeOf(element, 'severity');
        const place = childAt(element, 'location');
        return {
          kind: attributeOf(element, 'category')?.startsWith('Security') ? 'weakness' : 'quality',
          rule: { id: attributeOf(element, 'id'), name: attributeOf(element, 'summary') },
          title: attributeOf(element, 'message'),
          description: attributeOf(element, 'explanation'),
          severity,
          severityLabel: labels.get(severity ?? ''),
          location: {
            path: attributeOf(place, 'file'),
            line: lineAt(attributeOf(place, 'line')),
            column: lineAt(attributeOf(place, 'column')),
          },
          references: findAddresses(attributeOf(element, 'urls') ?? attributeOf(element, 'url')),
          identity: [attributeOf(element, 'message'), attributeOf(element, 'errorLine1')].join(' '),
          tool: { version: attributeOf(root, 'by')?.replace(/^lint\s*/, '') },
        };
      },
    },
  ],
};

const labels: ReadonlyMap<string, Severity> = new Map([['Fatal', 'critical']]);
