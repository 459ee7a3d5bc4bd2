import type { Severity } from '@deployguard/findings';
import { findAddresses } from '../find-addresses.ts';
import { joinTexts } from '../join-texts.ts';
import { parseCwes } from '../parse-ids.ts';
import { objectAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { attributeOf, childrenAt, childText, childTexts } from '../reading/xml-element.ts';
import { toSite } from '../to-site.ts';
import type { Draft, Format, Reading } from './format.ts';

const groups = ['/report/vulnerabilities/vulnerability', '/report/anomalies/anomaly', '/report/additionals/additional'];

/** Reports of Wapiti as JSON and XML: vulnerabilities, anomalies and what else it saw ("additionals"). Recorded requests are left out. */
export const wapiti: Format = {
  id: 'wapiti',
  name: 'Wapiti',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.vulnerabilities', '$.anomalies', '$.infos') && outline.has('$.classifications'),
      layout: {
        entries: ['$.vulnerabilities{}[]', '$.anomalies{}[]', '$.additionals{}[]'],
        context: ['$.classifications', '$.infos'],
      },
      read: readItem,
    },
    {
      form: 'xml',
      recognises: (outline) => outline.root === 'report' && outline.has('/report/report_infos', '/report/vulnerabilities'),
      layout: {
        entries: groups.map((path) => `${path}/entries/entry`),
        context: [
          '/report/report_infos',
          ...groups.flatMap((path) => ['description', 'solution', 'references'].map((name) => `${path}/${name}`)),
        ],
      },
      read: readElement,
    },
  ],
};

const labels: ReadonlyMap<string, Severity> = new Map([
  ['0', 'info'],
  ['1', 'low'],
  ['2', 'medium'],
  ['3', 'high'],
  ['4', 'critical'],
]);

function readItem({ value, keys: [category], parents: [root] }: JsonEntry): Reading {
  const about = objectAt(root, 'classifications', category ?? '');
  const references = Object.entries(objectAt(about, 'ref') ?? {});
  return toDraft({
    get: (name) => textAt(value, name),
    category,
    description: textAt(about, 'desc'),
    remedy: textAt(about, 'sol'),
    references: references.map(([title, address]) => `${title} ${textAt(address) ?? ''}`),
    target: textAt(root, 'infos', 'target'),
    foundAt: textAt(root, 'infos', 'date'),
    version: textAt(root, 'infos', 'version'),
  });
}

function readElement({ element, parents: [root, , about] }: XmlEntry): Reading {
  const info = (name: string): string | undefined =>
    childrenAt(root, 'report_infos', 'info')
      .find((candidate) => attributeOf(candidate, 'name') === name)
      ?.text.trim();
  const references = childrenAt(about, 'references', 'reference');
  return toDraft({
    get: (name) => childText(element, name),
    category: attributeOf(about, 'name'),
    description: childText(about, 'description'),
    remedy: childText(about, 'solution'),
    references: references.map((reference) => [...childTexts(reference, 'title'), ...childTexts(reference, 'url')].join(' ')),
    target: info('target'),
    foundAt: info('dateOfScan') ?? info('date'),
    version: info('generatorVersion') ?? info('version'),
  });
}

interface Entry {
  readonly get: (name: string) => string | undefined;
  readonly category: string | undefined;
  readonly description: string | undefined;
  readonly remedy: string | undefined;
  readonly references: readonly string[];
  readonly target: string | undefined;
  readonly foundAt: string | undefined;
  readonly version: string | undefined;
}

function toDraft({ get, category, description, remedy, references, target, foundAt, version }: Entry): Draft {
  const level = get('level');
  const path = get('path');
  return {
    kind: 'weakness',
    rule: { id: category },
    title: [category, get('info')].filter((text) => text !== undefined).join(': '),
    description: joinTexts(get('info'), description),
    remedy,
    severity: level,
    severityLabel: labels.get(level ?? ''),
    cwes: parseCwes(...references.filter((reference) => reference.startsWith('CWE'))),
    location: {
      url: path === undefined ? target : (URL.parse(path, target)?.href ?? path),
      method: get('method'),
      parameter: get('parameter'),
    },
    asset: toSite(target),
    references: findAddresses(...references),
    foundAt,
    identity: [get('module'), get('info')].join(' '),
    tool: { version: version?.replace(/^Wapiti /, '') },
  };
}
