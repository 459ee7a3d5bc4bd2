import { textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Format, Reading } from './format.ts';

/** Reports of Kubesec: `kubesec scan` (https://kubesec.io). It rates with points, and says only of the worst checks that they are critical. */
export const kubesec: Format = {
  id: 'kubesec',
  name: 'Kubesec',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$[].object', '$[].valid', '$[].score') && outline.has('$[].scoring'),
      layout: {
        entries: ['$[].scoring.critical[]', '$[].scoring.advise[]', '$[].scoring.passed[]'],
        context: ['$[].object', '$[].fileName'],
      },
      read: readCheck,
    },
  ],
};

function readCheck({ path, value, parents: [object] }: JsonEntry): Reading {
  if (path.endsWith('.passed[]')) return { skipped: 'passed check' };
  const isCritical = path.endsWith('.critical[]');
  const id = textAt(value, 'id') ?? textAt(value, 'selector');
  return {
    kind: 'misconfiguration',
    rule: { id },
    title: textAt(value, 'reason') ?? id,
    description: textAt(value, 'selector'),
    severity: isCritical ? 'critical' : 'advise',
    severityLabel: isCritical ? undefined : 'low',
    location: { path: textAt(object, 'fileName'), resource: textAt(object, 'object') },
    identity: textAt(value, 'selector'),
  };
}
