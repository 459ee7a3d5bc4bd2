import { parseCwes } from '../parse-ids.ts';
import { objectAt, textAt, textsAt } from '../reading/read-field.ts';
import { attributeOf, childrenAt, childText } from '../reading/xml-element.ts';
import { toSite } from '../to-site.ts';
import type { Draft, Format } from './format.ts';

/** Reports of Arachni and of SCNR, which came after it, as JSON and XML (https://github.com/Arachni/arachni/wiki/Command-line-user-interface#reporters). */
export const arachni: Format = {
  id: 'arachni',
  name: 'Arachni',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.seed', '$.options') &&
        outline.hasList('$.issues') &&
        (outline.has('$.sitemap') || outline.has('$.issues[].check.shortname', '$.issues[].vector')),
      layout: { entries: ['$.issues[]'], context: ['$.version', '$.start_datetime'] },
      read({ value, parents: [root] }) {
        return toDraft({
          get: (...path) => textAt(value, ...path),
          references: Object.values(objectAt(value, 'references') ?? {}).flatMap((address) => textsAt(address)),
          version: textAt(root, 'version'),
          startedAt: textAt(root, 'start_datetime'),
        });
      },
    },
    {
      form: 'xml',
      recognises: (outline) =>
        outline.root === 'report' &&
        outline.has('/report/issues') &&
        (outline.has('/report/seed', '/report/sitemap') ||
          outline.has('/report/issues/issue/check/shortname', '/report/issues/issue/vector')),
      layout: { entries: ['/report/issues/issue'], context: ['/report/version', '/report/start_datetime'] },
      read({ element, parents: [root] }) {
        return toDraft({
          get: (...path) => childText(element, ...path),
          references: childrenAt(element, 'references', 'reference').flatMap((reference) => textsAt(attributeOf(reference, 'url'))),
          version: childText(root, 'version'),
          startedAt: childText(root, 'start_datetime'),
        });
      },
    },
    {
      form: 'xml',
      recognises: ({ root }) => root === 'arachni_report',
      layout: { entries: ['/arachni_report/issues/issue'], context: ['/arachni_report/system'] },
      read({ element, parents: [root] }) {
        return toDraft({
          get: (...path) => childText(element, earlyNames.get(path.join('.')) ?? path.join('.')),
          references: childrenAt(element, 'references', 'reference').flatMap((reference) => textsAt(attributeOf(reference, 'url'))),
          version: childText(root, 'system', 'version'),
          startedAt: childText(root, 'system', 'start_datetime'),
        });
      },
    },
  ],
};

/** What the XML of versions before 1 calls otherwise. */
const earlyNames: ReadonlyMap<string, string> = new Map([
  ['vector.action', 'url'],
  ['vector.method', 'method'],
  ['vector.affected_input_name', 'var'],
  ['check.shortname', 'internal_modname'],
  ['check.name', 'mod_name'],
]);

interface Issue {
  readonly get: (...path: string[]) => string | undefined;
  readonly references: readonly string[];
  readonly version: string | undefined;
  readonly startedAt: string | undefined;
}

function toDraft({ get, references, version, startedAt }: Issue): Draft {
  const url = get('vector', 'action') ?? get('vector', 'url');
  const check = get('check', 'shortname');
  return {
    kind: 'weakness',
    rule: { id: check, name: get('check', 'name') },
    title: get('name') ?? check,
    // The proof is left out: it is what the site answered.
    description: joinLines(get('description')),
    remedy: joinLines(get('remedy_guidance')),
    severity: get('severity'),
    cvss: [{ version: '2.0', score: Number(get('cvssv2') ?? Number.NaN) }],
    cwes: parseCwes(get('cwe')),
    location: { url, method: get('vector', 'method')?.toUpperCase(), parameter: get('vector', 'affected_input_name') },
    asset: toSite(url),
    references,
    foundAt: startedAt,
    ownFingerprint: get('digest'),
    tool: { name: get('vector', 'class')?.startsWith('SCNR::') === true ? 'SCNR' : undefined, version },
  };
}

/** Early versions wrap texts and indent the lines. */
function joinLines(text: string | undefined): string | undefined {
  return text?.replaceAll(/(?<!\s)\s*\n[ \t]{8,}/g, ' ');
}
