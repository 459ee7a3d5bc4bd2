import { joinTexts } from '../join-texts.ts';
import { parseVulnerabilityIds } from '../parse-ids.ts';
import { isTrueAt, listAt, numberAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Format, Reading } from './format.ts';

/**
 * Vulnerabilities of CrowdStrike Falcon Spotlight: as its API gives them
 * (https://developer.crowdstrike.com/api-reference/collections/spotlight-vulnerabilities/) and as the console exports them.
 */
export const crowdstrike: Format = {
  id: 'crowdstrike',
  name: 'CrowdStrike Falcon Spotlight',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.resources[].aid', '$.resources[].cve', '$.resources[].status'),
      layout: { entries: ['$.resources[]'] },
      read: readResource,
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$[].host_id', '$[].host_type', '$[].cve_id'),
      layout: { entries: ['$[]'] },
      read: readExported,
    },
  ],
};

function readResource({ value }: JsonEntry): Reading {
  const cve = textAt(value, 'cve', 'id') ?? textAt(value, 'vulnerability_id');
  const product = textAt(value, 'apps', 0, 'product_name_version') ?? textAt(value, 'app', 'product_name_version');
  const host = textAt(value, 'host_info', 'hostname') ?? textAt(value, 'aid');
  const remedies = listAt(value, 'remediation', 'entities').map((entity) => textAt(entity, 'action') ?? textAt(entity, 'title'));
  const status = textAt(value, 'status');
  return {
    kind: 'vulnerability',
    rule: { id: cve },
    title: [cve, product].filter((part) => part !== undefined).join(': '),
    description: textAt(value, 'cve', 'description'),
    remedy: joinTexts(...remedies),
    severity: textAt(value, 'cve', 'severity'),
    cvss: [{ score: numberAt(value, 'cve', 'base_score'), vector: textAt(value, 'cve', 'vector') }],
    aliases: parseVulnerabilityIds(cve),
    package: { name: product },
    location: { host: textAt(value, 'host_info', 'local_ip') ?? host },
    asset: host === undefined ? undefined : { type: 'host', name: host },
    references: textsAt(value, 'cve', 'references'),
    isKnownExploited: isTrueAt(value, 'cve', 'cisa_info', 'is_cisa_kev'),
    suppression: isTrueAt(value, 'suppression_info', 'is_suppressed')
      ? { kind: 'suppressed', reason: textAt(value, 'suppression_info', 'reason') }
      : status === 'closed'
        ? { kind: 'fixed' }
        : undefined,
    foundAt: textAt(value, 'created_timestamp'),
    publishedAt: textAt(value, 'cve', 'published_date'),
    ownFingerprint: textAt(value, 'id'),
  };
}

function readExported({ value }: JsonEntry): Reading {
  const cve = textAt(value, 'cve_id');
  const product = textAt(value, 'product');
  const host = textAt(value, 'hostname') ?? textAt(value, 'local_ip');
  return {
    kind: 'vulnerability',
    rule: { id: cve },
    title: [cve, product].filter((part) => part !== undefined).join(': '),
    description: textAt(value, 'cve_description'),
    remedy: joinTexts(...listAt(value, 'recommended_remediations').map((remedy) => textAt(remedy, 'detail'))),
    severity: textAt(value, 'severity'),
    cvss: [
      {
        version: textAt(value, 'cvss_version')?.startsWith('2') === true ? '2.0' : undefined,
        score: numberAt(value, 'base_score'),
        vector: textAt(value, 'vector'),
      },
    ],
    aliases: parseVulnerabilityIds(cve),
    package: { name: product },
    location: { host: textAt(value, 'local_ip') ?? host },
    asset: host === undefined ? undefined : { type: 'host', name: host },
    references: textsAt(value, 'references'),
  };
}
