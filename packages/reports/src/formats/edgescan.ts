import type { Severity } from '@deployguard/findings';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import { numberAt, textAt, textsAt } from '../reading/read-field.ts';
import { stripMarkup } from '../strip-markup.ts';
import { toSite } from '../to-site.ts';
import type { Format, JsonVariant } from './format.ts';

/** Vulnerabilities of Edgescan, as its API gives them (https://docs.edgescan.com/): a list, alone or as `vulnerabilities`. */
export const edgescan: Format = {
  id: 'edgescan',
  name: 'Edgescan',
  variants: [buildVariant('$[]'), buildVariant('$.vulnerabilities[]')],
};

const labels: ReadonlyMap<string, Severity> = new Map([
  ['1', 'info'],
  ['2', 'low'],
  ['3', 'medium'],
  ['4', 'high'],
  ['5', 'critical'],
]);

function buildVariant(item: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) => outline.has(`${item}.date_opened`, `${item}.asset_id`, `${item}.cvss_vector`, `${item}.remediation`),
    layout: { entries: [item] },
    read({ value }) {
      const severity = textAt(value, 'severity');
      const place = textAt(value, 'location');
      const isAddress = place?.startsWith('http') === true;
      const name = textAt(value, 'asset_name') ?? place;
      const version = textAt(value, 'cvss_version');
      return {
        kind: 'vulnerability',
        rule: { id: textAt(value, 'definition_id') ?? textAt(value, 'name'), name: textAt(value, 'name') },
        title: textAt(value, 'name'),
        description: stripMarkup(textAt(value, 'description')),
        remedy: stripMarkup(textAt(value, 'remediation')),
        severity,
        severityLabel: labels.get(severity ?? ''),
        cvss: [
          { version: version === '2' ? '2.0' : undefined, score: numberAt(value, 'cvss_score'), vector: textAt(value, 'cvss_vector') },
        ],
        cwes: parseCwes(...textsAt(value, 'cwes')),
        aliases: parseVulnerabilityIds(...textsAt(value, 'cves')),
        location: isAddress ? { url: place } : { host: place },
        asset: toSite(place) ?? (name === undefined ? undefined : { type: 'host', name }),
        suppression: textAt(value, 'status') === 'closed' ? { kind: 'fixed' } : undefined,
        foundAt: textAt(value, 'date_opened'),
        ownFingerprint: textAt(value, 'id'),
      };
    },
  };
}
