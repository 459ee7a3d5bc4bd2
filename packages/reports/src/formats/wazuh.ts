import { parseVulnerabilityIds } from '../parse-ids.ts';
import { listAt, numberAt, textAt } from '../reading/read-field.ts';
import { splitList } from '../split-list.ts';
import type { Draft, Format, Reading } from './format.ts';

/**
 * Vulnerabilities of Wazuh: those of its API until version 4.7 and of its index since
 * (https://documentation.wazuh.com/current/user-manual/capabilities/vulnerability-detection/).
 */
export const wazuh: Format = {
  id: 'wazuh',
  name: 'Wazuh',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.data.affected_items[].cve', '$.data.affected_items[].condition'),
      layout: { entries: ['$.data.affected_items[]'] },
      read: ({ value }) => readItem(value),
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$.hits.hits[]._source.vulnerability.id', '$.hits.hits[]._source.agent'),
      layout: { entries: ['$.hits.hits[]'] },
      read: ({ value }) => readHit(value),
    },
  ],
};

/** What Wazuh writes where it does not know. */
function known(text: string | undefined): string | undefined {
  return text === '-' || text === 'Untriaged' ? undefined : text;
}

function readItem(value: unknown): Reading {
  const id = textAt(value, 'cve');
  return {
    kind: 'vulnerability',
    rule: { id },
    title: textAt(value, 'title') ?? id,
    description: textAt(value, 'condition'),
    severity: known(textAt(value, 'severity')),
    cvss: [
      { version: '2.0', score: scoreAt(value, 'cvss2_score') },
      { version: '3.0', score: scoreAt(value, 'cvss3_score') },
    ],
    aliases: parseVulnerabilityIds(id),
    package: { name: textAt(value, 'name'), version: textAt(value, 'version'), ecosystem: textAt(value, 'type') },
    ...readAgent(textAt(value, 'agent_name'), textAt(value, 'agent_ip')),
    references: listAt(value, 'external_references').flatMap((reference) => textAt(reference) ?? []),
    foundAt: textAt(value, 'detection_time'),
    publishedAt: textAt(value, 'published'),
    suppression: textAt(value, 'status') === 'SOLVED' ? { kind: 'fixed' } : undefined,
  };
}

function readHit(hit: unknown): Reading {
  const id = textAt(hit, '_source', 'vulnerability', 'id');
  const version = textAt(hit, '_source', 'vulnerability', 'score', 'version');
  const name = textAt(hit, '_source', 'package', 'name');
  return {
    kind: 'vulnerability',
    rule: { id },
    title: [id, name].filter((text) => text !== undefined).join(' in '),
    description: textAt(hit, '_source', 'vulnerability', 'description'),
    severity: known(textAt(hit, '_source', 'vulnerability', 'severity')),
    cvss: [
      {
        version: (['2.0', '3.0', '3.1', '4.0'] as const).find((one) => one === version),
        score: scoreAt(hit, '_source', 'vulnerability', 'score', 'base'),
      },
    ],
    aliases: parseVulnerabilityIds(id),
    package: { name, version: textAt(hit, '_source', 'package', 'version'), ecosystem: textAt(hit, '_source', 'package', 'type') },
    ...readAgent(textAt(hit, '_source', 'agent', 'name'), textAt(hit, '_source', 'agent', 'ip')),
    references: splitList(textAt(hit, '_source', 'vulnerability', 'reference')),
    foundAt: textAt(hit, '_source', 'vulnerability', 'detected_at'),
    publishedAt: textAt(hit, '_source', 'vulnerability', 'published_at'),
  };
}

/** 0 stands for no score. */
function scoreAt(value: unknown, ...path: readonly string[]): number | undefined {
  return numberAt(value, ...path) || undefined;
}

function readAgent(name: string | undefined, address: string | undefined): Pick<Draft, 'location' | 'asset'> {
  const host = name ?? address;
  return host === undefined ? {} : { location: { host }, asset: { type: 'host', name: host } };
}
