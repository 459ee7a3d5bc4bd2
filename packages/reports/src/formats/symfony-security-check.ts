import { parseVulnerabilityIds } from '../parse-ids.ts';
import { textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of Symfony's and the local PHP security checker: `symfony security:check --format=json`, `local-php-security-checker --format=json`. */
export const symfonySecurityCheck: Format = {
  id: 'symfony-security-check',
  name: 'Symfony security check',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('${}.version', '${}.advisories[].link', '${}.advisories[].cve'),
      layout: { entries: ['${}.advisories[]'], context: ['${}.version'] },
      read({ value, keys: [name], parents }) {
        const [cve, link, title] = [textAt(value, 'cve'), textAt(value, 'link'), textAt(value, 'title')];
        return {
          kind: 'vulnerability',
          rule: { id: cve ?? link, helpUri: link },
          title,
          aliases: parseVulnerabilityIds(cve, link, title),
          package: { name, version: textAt(parents.at(-1), 'version'), ecosystem: 'Packagist' },
          references: link === undefined ? [] : [link],
        };
      },
    },
  ],
};
