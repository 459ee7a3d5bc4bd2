import { textAt } from '../reading/read-field.ts';
import type { Draft, Format } from './format.ts';

/** Reports of kube-hunter: `kube-hunter --report json` (https://github.com/aquasecurity/kube-hunter). Its evidence may be a token, and is left out. */
export const kubeHunter: Format = {
  id: 'kube-hunter',
  name: 'kube-hunter',
  variants: [
    {
      form: 'json',
      recognises: (outline) => outline.hasList('$.nodes') && outline.hasList('$.services') && outline.hasList('$.vulnerabilities'),
      layout: { entries: ['$.vulnerabilities[]'] },
      read({ value }) {
        const id = textAt(value, 'vid');
        const title = textAt(value, 'vulnerability');
        return {
          kind: 'misconfiguration',
          rule: { id: id === 'None' ? title : id, name: textAt(value, 'category'), helpUri: textAt(value, 'avd_reference') },
          title,
          description: textAt(value, 'description'),
          severity: textAt(value, 'severity'),
          location: readPlace(textAt(value, 'location')),
          identity: title,
        };
      },
    },
  ],
};

/** `10.0.0.1:10250`, or words such as `Local to Pod (name)`. */
function readPlace(place: string | undefined): Draft['location'] {
  const [, host, port] = /^([\w.-]+)(?::(\d{1,5}))?(?:\/|$)/.exec(place ?? '') ?? [];
  return host === undefined ? { resource: place } : { host, port: port === undefined ? undefined : Number(port) };
}
