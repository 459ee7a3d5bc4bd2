import { findAddresses } from '../find-addresses.ts';
import { joinTexts } from '../join-texts.ts';
import { parseCwes, parseVulnerabilityIds } from '../parse-ids.ts';
import type { JsonLayout } from '../reading/json-layout.ts';
import type { JsonOutline } from '../reading/outline-json.ts';
import { listAt, numberAt, textAt } from '../reading/read-field.ts';
import type { JsonEntry } from '../reading/json-entry.ts';
import type { XmlEntry } from '../reading/read-xml-entries.ts';
import { childrenAt, childText, childTexts } from '../reading/xml-element.ts';
import { stripMarkup } from '../strip-markup.ts';
import { toSite } from '../to-site.ts';
import type { Draft, Format, Reading } from './format.ts';

/** Shared with Acunetix 360, which is the same product. */
export const issueLayout: JsonLayout = { entries: ['$.Vulnerabilities[]'], context: ['$.Target'] };

const roots = ['netsparker', 'netsparker-cloud', 'netsparker-enterprise', 'invicti', 'invicti-enterprise'];

/** Reports of Netsparker, today Invicti: "Vulnerabilities List" as JSON and as XML. Requests and responses are left out: they hold cookies. */
export const netsparker: Format = {
  id: 'netsparker',
  name: 'Invicti (Netsparker)',
  variants: [
    {
      form: 'json',
      recognises: (outline) => hasIssueShape(outline) && (namesBrand(outline, /netsparker|invicti/i) || !namesBrand(outline, /acunetix/i)),
      layout: issueLayout,
      read: readIssue,
    },
    {
      form: 'xml',
      recognises: ({ root }) => roots.includes(root),
      layout: {
        entries: roots.flatMap((root) => [`/${root}/vulnerabilities/vulnerability`, `/${root}/vulnerability`]),
      },
      read: readElement,
    },
  ],
};

export function hasIssueShape(outline: JsonOutline): boolean {
  return outline.has('$.Generated', '$.Target.ScanId', '$.Target.Url') && outline.hasList('$.Vulnerabilities');
}

/** Whether the texts about issues name a maker: "Netsparker identified a cookie". */
export function namesBrand(outline: JsonOutline, brand: RegExp): boolean {
  return ['Description', 'Impact', 'RemedialProcedure', 'RemedialActions', 'ExploitationSkills'].some((name) =>
    outline.matches(`$.Vulnerabilities[].${name}`, brand),
  );
}

export function readIssue({ value, parents: [root] }: JsonEntry): Reading {
  const classification = (name: string) => textAt(value, 'Classification', name);
  const parameters = listAt(value, 'HttpRequest', 'Parameters');
  return toDraft({
    get: (name) => textAt(value, name),
    type: textAt(value, 'Type'),
    site: textAt(root, 'Target', 'Url'),
    cwe: classification('Cwe'),
    cvss: ['Cvss', 'Cvss31', 'Cvss40'].map((name) => ({
      vector: textAt(value, 'Classification', name, 'Vector'),
      score: numberAt(value, 'Classification', name, 'BaseScore', 'Value'),
    })),
    known: listAt(value, 'KnownVulnerabilities').map((known) => textAt(known, 'Name') ?? ''),
    method: textAt(value, 'HttpRequest', 'Method'),
    parameter: parameters.length === 1 ? textAt(parameters, 0, 'Name') : undefined,
  });
}

/** What the desktop edition calls by other names than the server. */
const desktopNames: ReadonlyMap<string, string> = new Map([
  ['Name', 'title'],
  ['RemedialProcedure', 'remedy'],
  ['RemedialActions', 'actionsToTake'],
  ['ExternalReferences', 'externalReferences'],
  ['RemedyReferences', 'remedyReferences'],
]);

/** Names are those of the JSON, written small with dashes. */
export function readElement({ element }: XmlEntry): Reading {
  const get = (name: string): string | undefined =>
    childText(element, name.replaceAll(/(?<!^)([A-Z])/g, '-$1').toLowerCase()) ?? childText(element, desktopNames.get(name) ?? name);
  return toDraft({
    get,
    type: get('Type'),
    site: undefined,
    cwe: childText(element, 'classification', 'cwe') ?? childText(element, 'classification', 'CWE'),
    cvss: ['cvss', 'CVSS', 'cvss31', 'CVSS31', 'cvss40', 'CVSS40'].map((name) => {
      const base = childrenAt(element, 'classification', name, 'score').find((score) => childText(score, 'type') === 'Base');
      return { vector: childText(element, 'classification', name, 'vector'), score: Number(childText(base, 'value') ?? Number.NaN) };
    }),
    known: [
      ...childTexts(element, 'known-vulnerabilities', 'known-vulnerability', 'name'),
      ...childTexts(element, 'knownvulnerabilities', 'knownvulnerability', 'title'),
    ],
    method: childText(element, 'http-request', 'method'),
    parameter: childText(element, 'vulnerableparameter'),
  });
}

interface Issue {
  readonly get: (name: string) => string | undefined;
  readonly type: string | undefined;
  readonly site: string | undefined;
  readonly cwe: string | undefined;
  readonly cvss: readonly { readonly vector: string | undefined; readonly score: number | undefined }[];
  readonly known: readonly string[];
  readonly method: string | undefined;
  readonly parameter: string | undefined;
}

function toDraft({ get, type, site, cwe, cvss, known, method, parameter }: Issue): Draft {
  const aliases = parseVulnerabilityIds(...known);
  const severity = get('Severity');
  return {
    kind: aliases.length > 0 ? 'vulnerability' : 'weakness',
    rule: { id: type, name: get('Name') },
    title: get('Name') ?? type,
    description: joinTexts(stripMarkup(get('Description')), stripMarkup(get('Impact')), known.join('\n')),
    remedy: joinTexts(stripMarkup(get('RemedialProcedure')), stripMarkup(get('RemedialActions'))),
    severity,
    severityLabel: severity === 'BestPractice' || severity === 'Best Practice' ? 'info' : undefined,
    cvss: cvss.filter(({ vector }) => vector !== undefined),
    cwes: parseCwes(...(cwe?.split(/[,\s]+/) ?? [])),
    aliases,
    location: { url: get('Url'), method, parameter },
    asset: toSite(site) ?? toSite(get('Url')),
    references: findAddresses(get('ExternalReferences'), get('RemedyReferences')),
    suppression: readState(get('State')),
    identity: type,
  };
}

/** `Present, AcceptedRisk`; days of the report are written as its user likes, and are not read. */
function readState(state: string | undefined): Draft['suppression'] {
  if (state === undefined) return undefined;
  if (/FalsePositive/.test(state)) return { kind: 'false-positive', reason: state };
  if (/AcceptedRisk/.test(state)) return { kind: 'accepted', reason: state };
  return state.startsWith('Fixed') ? { kind: 'fixed', reason: state } : undefined;
}
