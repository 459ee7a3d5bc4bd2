import type { Severity } from '@deployguard/findings';
import { parseCwes } from '../parse-ids.ts';
import { lineAt, listAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import { attributeOf } from '../reading/xml-element.ts';
import type { Draft, Format, Reading } from './format.ts';

/** Reports of Coverity: `cov-format-errors --json-output-v7` and later, and a view's contents from Coverity Connect: from its API, as XML and CSV. */
export const coverity: Format = {
  id: 'coverity',
  name: 'Coverity',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.matches('$.type', /^Coverity issues$/) || outline.has('$.issues[].mergeKey', '$.issues[].checkerName'),
      isToldByEntries: true,
      layout: { entries: ['$.issues[]'] },
      read: readIssue,
    },
    {
      form: 'json',
      recognises: (outline) => outline.hasList('$.viewContentsV1.rows'),
      layout: { entries: ['$.viewContentsV1.rows[]'] },
      read: readRow,
    },
    // What Coverity Connect and Coverity Scan export.
    {
      form: 'xml',
      recognises: ({ root, namespace }) => root === 'exportedProjectDefects' && namespace === 'http://coverity.com',
      layout: { entries: ['/exportedProjectDefects/mergedDefect'] },
      read: ({ element }) => readDefect((name) => attributeOf(element, name)),
    },
    {
      form: 'csv',
      recognises: (outline) => outline.hasColumns('CID', 'Type', 'Impact', 'Status', 'Classification', 'File', 'Function'),
      layout: { columns: ['CID', 'Type', 'Impact', 'Status', 'Classification', 'File'] },
      read: ({ field }) => readDefect((name) => field(columns.get(name) ?? name)),
    },
  ],
};

/** Of the table, where they are not named as in XML. */
const columns: ReadonlyMap<string, string> = new Map([
  ['cid', 'CID'],
  ['type', 'Type'],
  ['impact', 'Impact'],
  ['status', 'Status'],
  ['firstDetected', 'First Detected'],
  ['classification', 'Classification'],
  ['category', 'Category'],
  ['file', 'File'],
  ['function', 'Function'],
  ['issueKind', 'Issue Kind'],
  ['checker', 'Checker'],
  ['cwe', 'CWE'],
  ['line', 'Line Number'],
]);

const labels: ReadonlyMap<string, Severity> = new Map([['audit', 'info']]);

function readIssue({ value }: JsonEntry): Reading {
  const impact = textAt(value, 'checkerProperties', 'impact');
  const events = listAt(value, 'events');
  const main = events.find((event) => textAt(event, 'main') === 'true') ?? events[0];
  return {
    kind: textsAt(value, 'checkerProperties', 'issueKinds').includes('SECURITY') ? 'weakness' : 'quality',
    rule: { id: textAt(value, 'checkerName'), name: textAt(value, 'checkerProperties', 'category') },
    title: textAt(value, 'checkerProperties', 'subcategoryShortDescription') ?? textAt(value, 'checkerName'),
    description: textAt(main, 'eventDescription') ?? textAt(value, 'checkerProperties', 'subcategoryLongDescription'),
    remedy: textAt(
      events.find((event) => textAt(event, 'remediation') === 'true'),
      'eventDescription',
    ),
    severity: impact,
    severityLabel: labels.get(impact?.toLowerCase() ?? ''),
    cwes: parseCwes(textAt(value, 'checkerProperties', 'cweCategory')),
    location: {
      path: textAt(value, 'strippedMainEventFilePathname') ?? textAt(value, 'mainEventFilePathname'),
      line: lineAt(value, 'mainEventLineNumber'),
      column: lineAt(value, 'mainEventColumnNumber'),
    },
    suppression: readTriage(textAt(value, 'stateOnServer', 'triage', 'classification'), undefined),
    foundAt: textAt(value, 'stateOnServer', 'firstDetectedDateTime'),
    ownFingerprint: textAt(value, 'mergeKey'),
  };
}

function readRow({ value }: JsonEntry): Reading {
  const impact = textAt(value, 'displayImpact');
  return {
    kind: textAt(value, 'displayIssueKind') === 'Quality' ? 'quality' : 'weakness',
    rule: { id: textAt(value, 'checker') ?? textAt(value, 'displayType'), name: textAt(value, 'displayCategory') },
    title: textAt(value, 'displayType'),
    severity: impact,
    severityLabel: labels.get(impact?.toLowerCase() ?? ''),
    cwes: parseCwes(textAt(value, 'cwe')),
    location: { path: textAt(value, 'displayFile'), line: lineAt(value, 'lineNumber'), resource: textAt(value, 'displayFunction') },
    suppression: readTriage(textAt(value, 'classification'), textAt(value, 'status')),
    foundAt: readDay(textAt(value, 'firstDetected')),
    ownFingerprint: textAt(value, 'cid'),
  };
}

function readDefect(field: (name: string) => string | undefined): Reading {
  const impact = field('impact');
  return {
    kind: field('issueKind') === 'Quality' ? 'quality' : 'weakness',
    rule: { id: field('checker') ?? field('type'), name: field('category') },
    title: field('type'),
    severity: impact,
    severityLabel: labels.get(impact?.toLowerCase() ?? ''),
    cwes: parseCwes(field('cwe')),
    location: { path: field('file'), line: lineAt(field('line')), resource: field('function') },
    suppression: readTriage(field('classification'), field('status')),
    foundAt: readDay(field('firstDetected')),
    ownFingerprint: field('cid'),
  };
}

/** Words of people, then where the defect stands. */
function readTriage(classification: string | undefined, status: string | undefined): Draft['suppression'] {
  if (classification === 'False Positive') return { kind: 'false-positive' };
  if (classification === 'Intentional') return { kind: 'accepted' };
  if (status === 'Fixed') return { kind: 'fixed' };
  return status?.includes('Dismissed') ? { kind: 'suppressed', reason: classification } : undefined;
}

/** `04/01/21` is the first of April. */
function readDay(text: string | undefined): string | undefined {
  const [, month, day, year] = /^(\d\d)\/(\d\d)\/(\d\d)$/.exec(text ?? '') ?? [];
  return year === undefined ? text : `20${year}-${month}-${day}`;
}
