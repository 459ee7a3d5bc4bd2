import type { Severity } from '@deployguard/findings';
import { findAddresses } from '../find-addresses.ts';
import { joinTexts } from '../join-texts.ts';
import { parseCwes } from '../parse-ids.ts';
import { listAt, textAt, textsAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { CsvEntry } from '../reading/read-csv-entries.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { attributeOf, childAt, childrenAt, deepText } from '../reading/xml-element.ts';
import { stripMarkup } from '../strip-markup.ts';
import { toSite } from '../to-site.ts';
import type { Draft, Format, Reading } from './format.ts';

const columns = ['Vuln ID', 'Vuln Status', 'Class', 'Attack Vector ID', 'Rating'];
const namespace = 'http://whitehatsec.com/XML-api-Vuln';

/** Vulnerabilities of WhiteHat Sentinel, as its API gives them (`api/vuln`, as JSON and as XML), and its report of them as CSV. */
export const whitehatSentinel: Format = {
  id: 'whitehat-sentinel',
  name: 'WhiteHat Sentinel',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.collection[].attack_vectors', '$.collection[].class', '$.collection[].site'),
      layout: { entries: ['$.collection[]'] },
      read: readVulnerability,
    },
    {
      form: 'xml',
      recognises: (outline) => outline.root === 'vulnerabilities' && outline.namespace === namespace,
      layout: { entries: ['/vulnerabilities/vulnerability'] },
      read: readElement,
    },
    { form: 'csv', recognises: (outline) => outline.hasColumns(...columns), layout: { columns }, read: readRow },
  ],
};

const labels: ReadonlyMap<string, Severity> = new Map([
  ['0', 'info'],
  ['1', 'info'],
  ['2', 'low'],
  ['3', 'medium'],
  ['4', 'high'],
  ['5', 'critical'],
  ['note', 'info'],
]);

function readVulnerability({ value }: JsonEntry): Reading {
  const vectors = listAt(value, 'attack_vectors');
  const description = textAt(value, 'description', 'description');
  return toDraft({
    get: (name) => textAt(value, name),
    risk: textAt(value, 'custom_risk') ?? textAt(value, 'risk'),
    requests: vectors.map((vector) => ({ url: textAt(vector, 'request', 'url'), method: textAt(vector, 'request', 'method') })),
    description,
    remedy: textAt(value, 'solution', 'solution'),
    cwes: parseCwes(...vectors.flatMap((vector) => textsAt(vector, 'scanner_tags')).filter((tag) => tag.startsWith('CWE-'))),
  });
}

/** The XML tells no risk, which the others are made of, but how bad it is by itself. */
function readElement({ element }: XmlEntry): Reading {
  return toDraft({
    get: (name) => attributeOf(element, name),
    risk: attributeOf(element, 'severity'),
    requests: childrenAt(element, 'attack_vectors', 'attack_vector', 'request').map((request) => ({
      url: attributeOf(request, 'url'),
      method: attributeOf(request, 'method'),
    })),
    description: deepText(childAt(element, 'description')),
    remedy: deepText(childAt(element, 'solution')),
    cwes: [],
  });
}

/** What the classes mean stands below the table. */
function readRow(entry: CsvEntry): Reading {
  const id = entry.field('Vuln ID');
  if (id === undefined || !/^\d+$/.test(id)) return { skipped: 'line about classes' };
  const get = (name: string): string | undefined => {
    const text = entry.field(name);
    return text === 'null' ? undefined : text;
  };
  const named: ReadonlyMap<string, string | undefined> = new Map([
    ['class', get('Class')],
    ['status', get('Vuln Status')?.toLowerCase()],
    ['url', get('Vuln URL')],
    ['found', get('Date Opened')],
    ['id', [id, get('Attack Vector ID')].join('/')],
  ]);
  return {
    ...toDraft({
      get: (name) => named.get(name),
      risk: get('Rating'),
      requests: [{ url: get('Attack Vector Path'), method: get('Method') }],
      description: get('Custom Description'),
      remedy: get('Custom Solution'),
      cwes: [],
    }),
    cvss: [{ score: Number(get('CVSS Score') ?? Number.NaN), vector: get('CVSS Vector') }],
  };
}

interface Vulnerability {
  readonly get: (name: string) => string | undefined;
  readonly risk: string | undefined;
  readonly requests: readonly { readonly url: string | undefined; readonly method: string | undefined }[];
  readonly description: string | undefined;
  readonly remedy: string | undefined;
  readonly cwes: readonly number[];
}

function toDraft({ get, risk, requests, description, remedy, cwes }: Vulnerability): Draft {
  const [first, ...others] = requests;
  const status = get('status');
  const url = first?.url ?? get('url');
  return {
    kind: 'weakness',
    rule: { id: get('class') },
    title: get('class'),
    description: joinTexts(stripMarkup(description), others.flatMap((other) => other.url ?? []).join('\n')),
    remedy: stripMarkup(remedy),
    severity: risk,
    severityLabel: labels.get(risk?.toLowerCase() ?? ''),
    cwes,
    location: { url, method: first?.method },
    asset: toSite(url),
    references: findAddresses(description),
    suppression: status === 'invalid' ? { kind: 'false-positive' } : status === 'closed' ? { kind: 'fixed' } : undefined,
    foundAt: get('found'),
    ownFingerprint: get('id'),
  };
}
