import { joinTexts } from '../join-texts.ts';
import { parseCwes } from '../parse-ids.ts';
import type { CsvEntry } from '../reading/read-csv-entries.ts';
import { lineAt } from '../reading/read-field.ts';
import { stripMarkup } from '../strip-markup.ts';
import { toSite } from '../to-site.ts';
import type { Format, Reading } from './format.ts';

const columns = ['ItemKey', 'CheckerKey', 'VulnerabilityName', 'Severity', 'CodeLocation'];

/** Vulnerabilities of Seeker as CSV. Recorded headers and parameters are left out. */
export const seeker: Format = {
  id: 'seeker',
  name: 'Seeker',
  variants: [{ form: 'csv', recognises: (outline) => outline.hasColumns(...columns), layout: { columns }, read: readRow }],
};

function readRow(entry: CsvEntry): Reading {
  const severity = entry.field('Severity');
  const status = entry.field('Status');
  const url = entry.field('LastDetectionURL') ?? entry.field('URL');
  const place = entry.field('CodeLocation');
  // `shop.Search.doPost():63`
  const [, code = place, line] = /^(.*):(\d+)$/.exec(place ?? '') ?? [];
  const project = entry.field('ProjectKey');
  return {
    kind: 'weakness',
    rule: { id: entry.field('CheckerKey'), name: entry.field('VulnerabilityName') },
    title: entry.field('VulnerabilityName'),
    description: joinTexts(stripMarkup(entry.field('Summary')), stripMarkup(entry.field('Description'))),
    remedy: stripMarkup(entry.field('Remediation')),
    severity,
    severityLabel: severity?.toLowerCase() === 'informative' ? 'info' : undefined,
    cwes: parseCwes(entry.field('CWE-SANS')),
    location: { resource: code, line: lineAt(line), url },
    asset: toSite(url) ?? (project === undefined ? undefined : { type: 'build', name: project }),
    suppression: status === 'Fixed' ? { kind: 'fixed' } : undefined,
    foundAt: entry.field('FirstDetectionTime'),
    ownFingerprint: entry.field('ItemKey'),
  };
}
