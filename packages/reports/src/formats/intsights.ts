import { joinTexts } from '../join-texts.ts';
import { findAddresses } from '../find-addresses.ts';
import { parseVulnerabilityIds } from '../parse-ids.ts';
import { isTrueAt, listAt, textAt, textsAt } from '../reading/read-field.ts';
import { splitList } from '../split-list.ts';
import type { Format } from './format.ts';

/** Alerts of IntSights, today Rapid7 Threat Command, as its API gives them and as CSV. */
export const intsights: Format = {
  id: 'intsights',
  name: 'IntSights',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$[]._id', '$[].Details.Title', '$[].Details.Severity', '$[].Assets'),
      layout: { entries: ['$[]'] },
      read({ value }) {
        const detail = (...path: readonly string[]) => textAt(value, 'Details', ...path);
        const [asset] = listAt(value, 'Assets');
        const name = textAt(asset, 'Value');
        return {
          kind: 'weakness',
          rule: { id: [detail('Type'), detail('SubType')].filter((part) => part !== undefined).join('/') || detail('Title') },
          title: detail('Title'),
          description: detail('Description'),
          severity: detail('Severity'),
          aliases: parseVulnerabilityIds(...textsAt(value, 'Details', 'RelatedCVEs'), detail('Title')),
          location: { host: name, url: detail('Source', 'URL') },
          asset: name === undefined ? undefined : { type: 'host', name },
          suppression: isTrueAt(value, 'Closed', 'IsClosed') || isTrueAt(value, 'IsClosed') ? { kind: 'fixed' } : undefined,
          foundAt: textAt(value, 'FoundDate') ?? detail('Source', 'Date'),
          ownFingerprint: textAt(value, '_id'),
        };
      },
    },
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('Alert ID', 'Title', 'Severity', 'Network Type', 'Assets'),
      layout: { columns: ['Alert ID', 'Title', 'Severity', 'Network Type', 'Assets'] },
      read(entry) {
        const name = splitList(entry.field('Assets'), /[,;]/)[0];
        const status = entry.field('Status');
        const found = entry.field('Source Date (UTC)');
        return {
          kind: 'weakness',
          rule: { id: entry.field('Type') ?? entry.field('Title') },
          title: entry.field('Title'),
          description: joinTexts(entry.field('Description'), entry.field('Additional Info')),
          severity: entry.field('Severity'),
          aliases: parseVulnerabilityIds(entry.field('Title'), entry.field('Description')),
          location: { host: name, url: entry.field('Source URL') },
          asset: name === undefined ? undefined : { type: 'host', name },
          references: findAddresses(entry.field('Alert Link')),
          suppression: status === 'Closed' ? { kind: 'fixed', reason: entry.field('Closed Reason') } : undefined,
          foundAt: found === undefined ? undefined : `${found} GMT`,
          ownFingerprint: entry.field('Alert ID'),
        };
      },
    },
  ],
};
