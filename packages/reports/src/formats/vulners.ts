import type { Severity } from '@deployguard/findings';
import { parseVulnerabilityIds } from '../parse-ids.ts';
import { textAt, textsAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Audit reports of Vulners on hosts, as its API gives them (https://docs.vulners.com/). */
export const vulners: Format = {
  id: 'vulners',
  name: 'Vulners',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.data.report[].vulnID', '$.data.report[].family'),
      layout: { entries: ['$.data.report[]'] },
      read({ value }) {
        const id = textAt(value, 'vulnID');
        const family = textAt(value, 'family');
        const host = textAt(value, 'agentip') ?? textAt(value, 'agentfqdn');
        const name = textAt(value, 'agentfqdn') ?? host;
        const severity = textAt(value, 'severity');
        return {
          kind: 'vulnerability',
          rule: { id, helpUri: family && id && `https://vulners.com/${family}/${id}` },
          title: textAt(value, 'title') ?? id,
          remedy: textAt(value, 'cumulativeFix'),
          severity,
          severityLabel: labels.get(severity ?? ''),
          aliases: parseVulnerabilityIds(...textsAt(value, 'cvelist'), id),
          location: { host },
          asset: name === undefined ? undefined : { type: 'host', name },
          identity: id,
        };
      },
    },
  ],
};

const labels: ReadonlyMap<string, Severity> = new Map([
  ['1', 'info'],
  ['2', 'low'],
  ['3', 'medium'],
  ['4', 'high'],
  ['5', 'critical'],
]);
