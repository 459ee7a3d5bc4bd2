import { joinTexts } from '../join-texts.ts';
import { parseVulnerabilityIds } from '../parse-ids.ts';
import { textAt } from '../reading/read-field.ts';
import { toSite } from '../to-site.ts';
import type { Format } from './format.ts';

/** Findings of RiskRecon, as its API gives them. */
export const riskRecon: Format = {
  id: 'risk-recon',
  name: 'RiskRecon',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.findings[].finding_id', '$.findings[].security_domain', '$.findings[].security_criteria'),
      layout: { entries: ['$.findings[]'] },
      read({ value }) {
        const status = textAt(value, 'analyst_status') ?? textAt(value, 'auto_status');
        if (status === 'pass') return { skipped: 'passed check' };
        const host = textAt(value, 'host_name') ?? textAt(value, 'ip_address') ?? textAt(value, 'domain_name');
        const name = textAt(value, 'domain_name') ?? host;
        return {
          kind: 'misconfiguration',
          rule: { id: textAt(value, 'security_criteria'), name: textAt(value, 'finding') },
          title: textAt(value, 'finding'),
          description: joinTexts(textAt(value, 'finding_context'), textAt(value, 'finding_detail')),
          remedy: textAt(value, 'finding_recommendation'),
          severity: textAt(value, 'severity'),
          aliases: parseVulnerabilityIds(textAt(value, 'finding'), textAt(value, 'finding_data_value')),
          location: { host, url: textAt(value, 'url_endpoint') },
          asset: toSite(textAt(value, 'url_endpoint')) ?? (name === undefined ? undefined : { type: 'host', name }),
          suppression: textAt(value, 'false_positive') === 'true' ? { kind: 'false-positive' } : undefined,
          foundAt: textAt(value, 'first_seen'),
          ownFingerprint: textAt(value, 'finding_id'),
        };
      },
    },
  ],
};
