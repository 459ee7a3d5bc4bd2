import { parseCwes } from '../parse-ids.ts';
import { objectAt, textAt, textsAt } from '../reading/read-field.ts';
import { attributeOf, childrenAt, childText } from '../reading/xml-element.ts';
import { toSite } from '../to-site.ts';
import type { Draft, Format } from './format.ts';

/** Reports of Arachni as JSON and XML (https://github.com/Arachni/arachni/wiki/Command-line-user-interface#reporters). */
export const arachni: Format = {
  id: 'arachni',
  name: 'Arachni',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.seed', '$.sitemap', '$.options') && outline.hasList('$.issues'),
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
      recognises: (outline) => outline.root === 'report' && outline.has('/report/seed', '/report/sitemap', '/report/issues'),
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
  ],
};

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
    description: get('description'),
    remedy: get('remedy_guidance'),
    severity: get('severity'),
    cwes: parseCwes(get('cwe')),
    location: { url, method: get('vector', 'method')?.toUpperCase(), parameter: get('vector', 'affected_input_name') },
    asset: toSite(url),
    references,
    foundAt: startedAt,
    ownFingerprint: get('digest'),
    tool: { version },
  };
}
