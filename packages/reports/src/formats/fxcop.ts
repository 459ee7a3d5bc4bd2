import type { Severity } from '@deployguard/findings';
import { findInTable } from '../reading/find-in-table.ts';
import { lineAt } from '../reading/read-field.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { attributeOf, childrenAt, childText } from '../reading/xml-element.ts';
import type { XmlElement } from '../reading/xml-element.ts';
import type { Draft, Format, Reading } from './format.ts';

const rules = '/FxCopReport/Rules/Rule';
const module = '/FxCopReport/Targets/Target/Modules/Module';
const type = `${module}/Namespaces/Namespace/Types/Type`;
const member = `${type}/Members/Member`;

/** What may have messages: a type, and all that is around and in it. */
const places = [
  '/FxCopReport/Namespaces/Namespace',
  '/FxCopReport/Targets/Target',
  module,
  `${module}/Resources/Resource`,
  `${module}/Namespaces/Namespace`,
  type,
  member,
  `${member}/Accessors/Accessor`,
];

/** Reports of FxCop, Microsoft's analysis of .NET assemblies. A message may be about several places. */
export const fxcop: Format = {
  id: 'fxcop',
  name: 'FxCop',
  variants: [
    {
      form: 'xml',
      recognises: ({ root }) => root === 'FxCopReport',
      layout: { entries: places.map((place) => `${place}/Messages/Message`), tables: [rules] },
      read: readMessage,
    },
  ],
};

const labels: ReadonlyMap<string, Severity> = new Map([
  ['CriticalError', 'critical'],
  ['CriticalWarning', 'medium'],
]);

function readMessage({ element, parents, tables }: XmlEntry): Reading | readonly Reading[] {
  const id = attributeOf(element, 'CheckId');
  const rule = findInTable(tables.get(rules), id, (item) => attributeOf(item, 'CheckId'));
  const level = childText(rule, 'MessageLevel');
  const message: Draft = {
    kind: attributeOf(element, 'Category')?.includes('Security') ? 'weakness' : 'quality',
    rule: { id: id ?? attributeOf(element, 'TypeName'), name: attributeOf(element, 'TypeName'), helpUri: childText(rule, 'Url') },
    title: childText(rule, 'Name') ?? attributeOf(element, 'TypeName'),
    description: childText(rule, 'Description'),
    severity: level,
    severityLabel: labels.get(level ?? ''),
    location: { resource: describeTarget(parents) },
    suppression: readStatus(attributeOf(element, 'Status')),
    foundAt: attributeOf(element, 'Created'),
    tool: { version: attributeOf(parents[0], 'Version') },
  };
  const issues = childrenAt(element, 'Issue');
  if (issues.length === 0) return message;
  return issues.map((issue) => {
    const severity = attributeOf(issue, 'Level') ?? level;
    const file = [attributeOf(issue, 'Path'), attributeOf(issue, 'File')].filter((part) => part !== undefined).join('\\');
    return {
      ...message,
      title: issue.text.trim() || message.title,
      severity,
      severityLabel: labels.get(severity ?? ''),
      location: { ...message.location, path: file.replaceAll('\\', '/') || undefined, line: lineAt(attributeOf(issue, 'Line')) },
    };
  });
}

/** The names around a message, from the module on. */
function describeTarget(parents: readonly XmlElement[]): string | undefined {
  const names = parents.map((parent) => attributeOf(parent, 'Name')).filter((name) => name !== undefined);
  return names.length === 0 ? undefined : names.join(' ');
}

function readStatus(status: string | undefined): Draft['suppression'] {
  if (status?.startsWith('Excluded'))
    return { kind: 'suppressed', reason: status === 'ExcludedInSource' ? 'excluded in the code' : undefined };
  return status === 'Absent' ? { kind: 'fixed' } : undefined;
}
