import { lineAt, textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of Sobelow: `mix sobelow --format json` (https://github.com/nccgroup/sobelow). It rates confidence and no severity. */
export const sobelow: Format = {
  id: 'sobelow',
  name: 'Sobelow',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.has('$.sobelow_version', '$.findings'),
      layout: { entries: ['$.findings{}[]'], context: ['$.sobelow_version'] },
      read({ value, keys: [confidence], parents: [root] }) {
        // `Config.CSRF: Missing CSRF Protections`
        const type = textAt(value, 'type');
        return {
          kind: 'weakness',
          rule: { id: type?.split(':', 1)[0] },
          title: type,
          description: confidence?.replace('_', ' '),
          location: { path: textAt(value, 'file'), line: lineAt(value, 'line'), resource: textAt(value, 'function') },
          identity: textAt(value, 'variable'),
          tool: { version: textAt(root, 'sobelow_version') },
        };
      },
    },
  ],
};
