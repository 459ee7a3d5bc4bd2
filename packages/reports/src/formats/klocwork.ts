import type { Severity } from '@deployguard/findings';
import { parseCwes } from '../parse-ids.ts';
import { lineAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { CsvEntry } from '../reading/read-csv-entries.ts';
import { childrenAt, childText, attributeOf } from '../reading/xml-element.ts';
import type { Draft, Format, JsonVariant, Reading } from './format.ts';

const columns = ['File', 'Path', 'Line', 'Code', 'Severity', 'State', 'Taxonomy'];

/** Reports of Klocwork: `kwcheck list -F xml`, issues of the API of its server (`action=search`), one a line or a list, and its table of them as CSV. */
export const klocwork: Format = {
  id: 'klocwork',
  name: 'Klocwork',
  variants: [
    {
      form: 'xml',
      recognises: ({ root, namespace }) => root === 'errorList' && namespace.startsWith('http://www.klocwork.com/'),
      layout: { entries: ['/errorList/problem'] },
      read({ element }) {
        const level = childText(element, 'severitylevel');
        return {
          kind: 'weakness',
          rule: { id: childText(element, 'code') },
          title: childText(element, 'message'),
          severity: childText(element, 'severity') ?? level,
          severityLabel: labels[Number(level ?? Number.NaN)],
          cwes: parseCwes(...childrenAt(element, 'taxonomies', 'taxonomy').map((item) => attributeOf(item, 'name'))),
          location: {
            path: childText(element, 'file'),
            line: lineAt(childText(element, 'line')),
            column: lineAt(childText(element, 'column')),
            resource: childText(element, 'method'),
          },
          references: [childText(element, 'url')].filter((text) => text !== undefined),
          suppression: readStatus(childText(element, 'citingStatus'), childText(element, 'state')),
        };
      },
    },
    issues('$'),
    issues('$[]'),
    { form: 'csv', recognises: (outline) => outline.hasColumns(...columns), layout: { columns }, read: readRow },
  ],
};

function issues(entry: string): JsonVariant {
  return {
    form: 'json',
    recognises: (outline) =>
      outline.has(`${entry}.severityCode`, `${entry}.taxonomyName`) ||
      outline.has(`${entry}.severityCode`, `${entry}.citingStatus`, `${entry}.code`),
    layout: { entries: [entry] },
    read: readIssue,
  };
}

/** Critical, error, warning, review, by their numbers; 5 and further ones are the user's own. */
const labels: readonly (Severity | undefined)[] = [undefined, 'critical', 'high', 'medium', 'low'];

function readIssue({ value }: JsonEntry): Reading {
  return {
    kind: 'weakness',
    rule: { id: textAt(value, 'code'), name: textAt(value, 'title') },
    title: textAt(value, 'message') ?? textAt(value, 'title'),
    severity: textAt(value, 'severity') ?? textAt(value, 'severityCode'),
    severityLabel: labels[Number(textAt(value, 'severityCode') ?? Number.NaN)],
    location: { path: textAt(value, 'file'), line: lineAt(value, 'line'), resource: textAt(value, 'method') },
    references: [textAt(value, 'url')].filter((text) => text !== undefined),
    suppression: readStatus(textAt(value, 'status') ?? textAt(value, 'citingStatus'), textAt(value, 'state')),
    // Klocwork follows an issue from build to build.
    ownFingerprint: textAt(value, 'id'),
  };
}

function readRow(entry: CsvEntry): Reading {
  const code = entry.field('Code');
  // `Error (2)`
  const [, word, number] = /^(.*?) ?\((\d+)\)$/.exec(entry.field('Severity') ?? '') ?? [];
  const method = entry.field('Method');
  return {
    kind: 'weakness',
    rule: { id: code },
    title: entry.field('Message') ?? [code, method].filter((part) => part !== undefined).join(' in '),
    severity: word ?? entry.field('Severity'),
    severityLabel: labels[Number(number ?? Number.NaN)],
    location: { path: entry.field('Path') ?? entry.field('File'), line: lineAt(entry.field('Line')), resource: method },
    suppression: readStatus(entry.field('Status'), entry.field('State')),
    identity: '',
  };
}

function readStatus(status: string | undefined, state: string | undefined): Draft['suppression'] {
  if (status === 'Not a Problem') return { kind: 'false-positive' };
  if (status === 'Ignore' || status === 'Filter' || status === 'Deferred' || status === 'Defer')
    return { kind: 'accepted', reason: status };
  return state === 'Fixed' ? { kind: 'fixed' } : undefined;
}
