import { joinTexts } from '../join-texts.ts';
import { textAt, textsAt } from '../reading/read-field.ts';
import { toSite } from '../to-site.ts';
import type { Format, Reading } from './format.ts';

const message = /\bheader\b|\bdirective\b|security policy/i;

/** Reports of drHEADer: `--output json`, of one address or of several (https://github.com/Santandersecurityresearch/DrHeader). */
export const drheader: Format = {
  id: 'drheader',
  name: 'drHEADer',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$[].rule', '$[].severity') &&
        outline.matches('$[].message', message) &&
        !['file', 'path', 'line', 'location'].some((name) => outline.has(`$[].${name}`)),
      layout: { entries: ['$[]'] },
      read: ({ value }) => readRule(value, undefined),
    },
    {
      form: 'json',
      recognises: (outline) => outline.has('$[].url', '$[].report[].rule') && outline.matches('$[].report[].message', message),
      layout: { entries: ['$[].report[]'], context: ['$[].url'] },
      read: ({ value, parents: [target] }) => readRule(value, textAt(target, 'url')),
    },
  ],
};

function readRule(value: unknown, url: string | undefined): Reading {
  const rule = textAt(value, 'rule');
  const said = textAt(value, 'message');
  const list = (name: string): string | undefined => {
    const texts = textsAt(value, name);
    return texts.length > 0 ? `${name}: ${texts.join(', ')}` : undefined;
  };
  return {
    kind: 'misconfiguration',
    rule: { id: rule },
    title: [rule, said].filter((text) => text !== undefined).join(': '),
    description: joinTexts(said, list('value'), list('expected'), list('avoid'), list('anomalies')),
    severity: textAt(value, 'severity'),
    location: { url },
    asset: toSite(url),
  };
}
