import { findAddresses } from '../find-addresses.ts';
import { parseCwes } from '../parse-ids.ts';
import { listAt, objectAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import { stripMarkup } from '../strip-markup.ts';
import { toSite } from '../to-site.ts';
import type { Format, Reading } from './format.ts';

/** Reports of Rapplex as JSON. Recorded requests and responses are left out. */
export const rapplex: Format = {
  id: 'rapplex',
  name: 'Rapplex',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.hasObject('$.Severities') && outline.has('$.Severities{}.IssueGroups'),
      layout: {
        entries: ['$.Severities{}.IssueGroups[].Issues[]'],
        context: ['$.Severities{}.Name', '$.Severities{}.IssueGroups[].Definition'],
      },
      read: readIssue,
    },
  ],
};

function readIssue({ value, keys: [level], parents }: JsonEntry): Reading {
  const definition = objectAt(parents.at(-1), 'Definition');
  const sections = objectAt(definition, 'Sections');
  const weaknesses = listAt(definition, 'Classifications').filter((item) => textAt(item, 'Foundation') === 'CWE');
  const url = textAt(value, 'Url');
  return {
    kind: 'weakness',
    rule: { id: textAt(definition, 'Id') ?? textAt(definition, 'Title') ?? textAt(value, 'Title') },
    title: textAt(value, 'Title'),
    description: stripMarkup(textAt(sections, 'Summary')),
    remedy: stripMarkup(textAt(sections, 'Remediation')),
    severity: textAt(parents.at(-2), 'Name') ?? level,
    cwes: parseCwes(...weaknesses.map((item) => textAt(item, 'Value'))),
    location: { url },
    asset: toSite(url),
    references: findAddresses(textAt(sections, 'References')),
  };
}
