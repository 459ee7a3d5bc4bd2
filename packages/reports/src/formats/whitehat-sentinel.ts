import type { Severity } from '@deployguard/findings';
import { findAddresses } from '../find-addresses.ts';
import { joinTexts } from '../join-texts.ts';
import { parseCwes } from '../parse-ids.ts';
import { listAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import { stripMarkup } from '../strip-markup.ts';
import { toSite } from '../to-site.ts';
import type { Format, Reading } from './format.ts';

/** Vulnerabilities of WhiteHat Sentinel, as its API gives them: `api/vuln?format=json`. */
export const whitehatSentinel: Format = {
  id: 'whitehat-sentinel',
  name: 'WhiteHat Sentinel',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.collection[].attack_vectors', '$.collection[].class', '$.collection[].site'),
      layout: { entries: ['$.collection[]'] },
      read: readVulnerability,
    },
  ],
};

const labels: ReadonlyMap<string, Severity> = new Map([
  ['0', 'info'],
  ['1', 'info'],
  ['2', 'low'],
  ['3', 'medium'],
  ['4', 'high'],
  ['5', 'critical'],
]);

function readVulnerability({ value }: JsonEntry): Reading {
  const vectors = listAt(value, 'attack_vectors');
  const [vector] = vectors;
  const risk = textAt(value, 'custom_risk') ?? textAt(value, 'risk');
  const status = textAt(value, 'status');
  const url = textAt(vector, 'request', 'url') ?? textAt(value, 'url');
  const description = textAt(value, 'description', 'description');
  const others = vectors.slice(1).map((other) => textAt(other, 'request', 'url'));
  return {
    kind: 'weakness',
    rule: { id: textAt(value, 'class') },
    title: textAt(value, 'class'),
    description: joinTexts(stripMarkup(description), others.filter((other) => other !== undefined).join('\n')),
    remedy: stripMarkup(textAt(value, 'solution', 'solution')),
    severity: risk,
    severityLabel: labels.get(risk ?? ''),
    cwes: parseCwes(...vectors.flatMap((candidate) => textsAt(candidate, 'scanner_tags')).filter((tag) => tag.startsWith('CWE-'))),
    location: { url, method: textAt(vector, 'request', 'method') },
    asset: toSite(url),
    references: findAddresses(description),
    suppression: status === 'invalid' ? { kind: 'false-positive' } : status === 'closed' ? { kind: 'fixed' } : undefined,
    foundAt: textAt(value, 'found'),
    ownFingerprint: textAt(value, 'id'),
  };
}
