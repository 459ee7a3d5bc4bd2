import { objectAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Format, Reading } from './format.ts';

/** Reports of Legitify: `legitify analyze --output-format json` (https://legitify.dev); its default scheme "flattened". */
export const legitify: Format = {
  id: 'legitify',
  name: 'Legitify',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.content{}.policyInfo', '$.content{}.violations'),
      layout: { entries: ['$.content{}.violations[]'], context: ['$.content{}.policyInfo'] },
      read: readViolation,
    },
  ],
};

function readViolation({ value, keys: [policy], parents }: JsonEntry): Reading {
  const status = textAt(value, 'status');
  if (status === 'PASSED') return { skipped: 'passed check' };
  if (status === 'SKIPPED') return { skipped: 'check that was not made' };
  const info = objectAt(parents.at(-1), 'policyInfo');
  const link = textAt(value, 'canonicalLink');
  return {
    kind: 'misconfiguration',
    rule: { id: textAt(info, 'fullyQualifiedPolicyName') ?? policy, name: textAt(info, 'policyName') },
    title: textAt(info, 'title'),
    description: [textAt(info, 'description'), ...textsAt(info, 'threat')].filter((text) => text !== undefined).join('\n'),
    remedy: textsAt(info, 'remediationSteps').join('\n'),
    severity: textAt(info, 'severity'),
    location: { resource: link },
    asset: link === undefined ? undefined : { type: 'repository', name: link },
  };
}
