import type { Severity } from '@deployguard/findings';
import type { TextEntry } from '../reading/read-text-entries.ts';
import type { Draft, Format } from './format.ts';

/** Reports of Lynis: `/var/log/lynis-report.dat` (https://cisofy.com/documentation/lynis/). */
export const lynis: Format = {
  id: 'lynis',
  name: 'Lynis',
  variants: [
    {
      form: 'text',
      recognises: (outline) => outline.hasLine(/^lynis_version=/) && outline.hasLine(/^report_version_major=/),
      layout: {
        begins: /^(?:warning|suggestion|vulnerable_package)\[\]=/,
        context: /^(?:hostname|lynis_version|report_datetime_start)=/,
      },
      read: readLine,
    },
  ],
};

const labels: ReadonlyMap<string, Severity> = new Map([
  ['warning', 'medium'],
  ['suggestion', 'low'],
]);

/** `suggestion[]=KRNL-5820|What to do|details|solution|`; `-` stands for nothing. The name and version of a package for `vulnerable_package[]`. */
function readLine({ lines: [line = ''], context }: TextEntry): Draft {
  const [, word = '', rest = ''] = /^(\w+)\[\]=(.*)$/.exec(line) ?? [];
  const fields = rest.split('|').map((field) => (field === '-' || field.trim() === '' ? undefined : field.trim()));
  const find = (name: string): string | undefined =>
    context.find((known) => known.startsWith(`${name}=`))?.slice(name.length + 1) || undefined;
  const host = find('hostname');
  const common = {
    location: { host },
    asset: host === undefined ? undefined : ({ type: 'host', name: host } as const),
    foundAt: find('report_datetime_start'),
    tool: { version: find('lynis_version') },
  };
  const [first, text, details, solution] = fields;
  if (word === 'vulnerable_package') {
    return {
      ...common,
      kind: 'vulnerability',
      rule: { id: 'vulnerable_package' },
      title: `Vulnerable package ${first ?? 'without a name'}`,
      package: { name: first, version: text },
    };
  }
  return {
    ...common,
    kind: 'misconfiguration',
    rule: { id: first, helpUri: /^[A-Z]+-\d+$/.test(first ?? '') ? `https://cisofy.com/lynis/controls/${first}/` : undefined },
    title: text ?? first,
    description: details,
    remedy: solution?.replace(/^text:/, ''),
    severity: word,
    severityLabel: labels.get(word),
  };
}
