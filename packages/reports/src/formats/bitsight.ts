import type { Severity } from '@deployguard/findings';
import { joinTexts } from '../join-texts.ts';
import { parseVulnerabilityIds } from '../parse-ids.ts';
import { parsePort } from '../parse-port.ts';
import { isTrueAt, listAt, numberAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import { stripMarkup } from '../strip-markup.ts';
import type { Format, Reading } from './format.ts';

/** Findings of Bitsight about a company, as its API gives them: `ratings/v1/companies/{guid}/findings`. Recorded headers are left out. */
export const bitsight: Format = {
  id: 'bitsight',
  name: 'Bitsight',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.results[].rolledup_observation_id', '$.results[].risk_vector', '$.results[].evidence_key'),
      layout: { entries: ['$.results[]'] },
      read: readFinding,
    },
  ],
};

const labels: ReadonlyMap<string, Severity> = new Map([
  ['minor', 'low'],
  ['moderate', 'medium'],
  ['material', 'high'],
  ['severe', 'critical'],
]);

function readFinding({ value }: JsonEntry): Reading {
  const detail = (...path: readonly (string | number)[]): string | undefined => textAt(value, 'details', ...path);
  const vector = textAt(value, 'risk_vector');
  const severity = textAt(value, 'severity_category');
  const evidence = textAt(value, 'evidence_key');
  // `shop.example:443`
  const [, host = evidence, port] = /^(.+):(\d+)$/.exec(evidence ?? '') ?? [];
  const name = textAt(value, 'assets', 0, 'asset') ?? host;
  const advice = listAt(value, 'details', 'remediations');
  const ids = parseVulnerabilityIds(...listAt(value, 'details', 'vulnerabilities').map((vulnerability) => textAt(vulnerability, 'name')));
  return {
    kind: ids.length > 0 ? 'vulnerability' : 'misconfiguration',
    rule: {
      id: [vector, detail('assessment_name')].filter((part) => part !== undefined).join('/'),
      name: textAt(value, 'risk_vector_label'),
    },
    title: textAt(advice[0], 'message') ?? detail('searchable_details') ?? textAt(value, 'risk_vector_label'),
    description: joinTexts(...advice.flatMap((item) => [textAt(item, 'message'), stripMarkup(textAt(item, 'help_text'))])),
    remedy: joinTexts(...advice.map((item) => stripMarkup(textAt(item, 'remediation_tip')))),
    severity,
    severityLabel: labels.get(severity ?? ''),
    cvss: [{ score: numberAt(value, 'details', 'cvss', 'base', 0) }],
    aliases: ids,
    location: { host, port: parsePort(port ?? detail('dest_port')), url: detail('final_location') },
    asset: name === undefined ? undefined : { type: 'host', name },
    suppression: isTrueAt(value, 'remediated') ? { kind: 'fixed' } : undefined,
    foundAt: textAt(value, 'first_seen'),
    ownFingerprint: textAt(value, 'rolledup_observation_id'),
  };
}
