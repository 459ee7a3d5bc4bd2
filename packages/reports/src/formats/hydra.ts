import { lineAt, textAt } from '../reading/read-field.ts';
import type { Format } from './format.ts';

/** Reports of THC Hydra: `hydra -b json` (https://github.com/vanhauser-thc/thc-hydra). The passwords that it found are left out. */
export const hydra: Format = {
  id: 'hydra',
  name: 'Hydra',
  variants: [
    {
      form: 'json',
      recognises: (outline) =>
        outline.has('$.generator.jsonoutputversion', '$.results') && outline.matches('$.generator.software', /^hydra$/i),
      layout: { entries: ['$.results[]'], context: ['$.generator'] },
      read({ value, parents: [report] }) {
        const service = textAt(value, 'service');
        const login = textAt(value, 'login');
        return {
          kind: 'weakness',
          rule: { id: 'guessed-password', name: 'Password that was guessed' },
          title: `Password of ${login ?? 'the service'} for ${service ?? 'a service'} was guessed`,
          location: { host: textAt(value, 'host'), port: lineAt(value, 'port'), protocol: service },
          asset: textAt(value, 'host') === undefined ? undefined : { type: 'host', name: textAt(value, 'host')! },
          foundAt: textAt(report, 'generator', 'built'),
          identity: login ?? '',
          tool: { version: textAt(report, 'generator', 'version') },
        };
      },
    },
  ],
};
