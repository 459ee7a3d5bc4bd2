import type { CvssScore } from '@deployguard/findings';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { numberAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { Draft, Format, Reading } from './format.ts';

/** Reports of Nuclei: `nuclei -jsonl`, one finding a line, and `-json-export`, a list. */
export const nuclei: Format = {
  id: 'nuclei',
  name: 'Nuclei',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.info', '$.host') && (outline.has('$.template-id') || outline.has('$.templateID')),
      layout: { entries: ['$'] },
      read: readMatch,
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$[].info') && (outline.has('$[].template-id') || outline.has('$[].templateID')),
      layout: { entries: ['$[]'] },
      read: readMatch,
    },
  ],
};

function readMatch({ value }: JsonEntry): Reading {
  const cves = textsAt(value, 'info', 'classification', 'cve-id');
  const matcher = textAt(value, 'matcher-name') ?? textAt(value, 'matcher_name');
  const epss = numberAt(value, 'info', 'classification', 'epss-score');
  return {
    kind: cves.length > 0 ? 'vulnerability' : 'weakness',
    rule: {
      id: textAt(value, 'template-id') ?? textAt(value, 'templateID'),
      name: textAt(value, 'info', 'name'),
      helpUri: textAt(value, 'template-url'),
    },
    title: [textAt(value, 'info', 'name'), matcher].filter((text) => text !== undefined).join(': '),
    description: textAt(value, 'info', 'description'),
    remedy: textAt(value, 'info', 'remediation'),
    severity: textAt(value, 'info', 'severity'),
    cvss: readCvss(value),
    cwes: parseCwes(...textsAt(value, 'info', 'classification', 'cwe-id')),
    aliases: parseVulnerabilityIds(...cves),
    location: {
      url: textAt(value, 'matched-at') ?? textAt(value, 'matched'),
      host: textAt(value, 'ip') ?? textAt(value, 'host'),
      method: textAt(value, 'type') === 'http' ? /^[A-Z]+(?= )/.exec(textAt(value, 'request') ?? '')?.[0] : undefined,
    },
    asset: readAsset(value),
    references: textsAt(value, 'info', 'reference'),
    epss: epss === undefined ? undefined : { score: epss },
    foundAt: textAt(value, 'timestamp'),
    identity: matcher,
  };
}

function readAsset(value: unknown): Draft['asset'] {
  const name = textAt(value, 'host');
  return name === undefined ? undefined : { type: textAt(value, 'type') === 'http' ? 'web' : 'host', name };
}

function readCvss(value: unknown): CvssScore[] {
  const score = numberAt(value, 'info', 'classification', 'cvss-score');
  const vector = textAt(value, 'info', 'classification', 'cvss-metrics');
  return score === undefined && vector === undefined
    ? []
    : [{ ...(score !== undefined && { score }), ...(vector !== undefined && { vector }) }];
}
