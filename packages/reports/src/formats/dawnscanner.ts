import { parseVulnerabilityIds } from '../parse-ids.ts';
import { textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of dawnscanner: `dawn --json` (https://github.com/thesp0nge/dawnscanner). */
export const dawnscanner: Format = {
  id: 'dawnscanner',
  name: 'dawnscanner',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.dawn_version', '$.vulnerabilities') || outline.has('$.dawn_status', '$.scan_started'),
      layout: { entries: ['$.vulnerabilities[]'], context: ['$.dawn_version', '$.scan_started', '$.target'] },
      read({ value, parents: [root] }) {
        const name = textAt(value, 'name');
        const aliases = parseVulnerabilityIds(name);
        const target = textAt(root, 'target');
        return {
          kind: aliases.length > 0 ? 'vulnerability' : 'weakness',
          rule: { id: name, helpUri: textAt(value, 'cve_link') },
          title: name,
          description: textAt(value, 'message'),
          remedy: textAt(value, 'remediation'),
          severity: textAt(value, 'severity'),
          aliases,
          asset: target === undefined ? undefined : { type: 'repository', name: target },
          foundAt: textAt(root, 'scan_started'),
          tool: { version: textAt(root, 'dawn_version') },
        };
      },
    },
  ],
};
