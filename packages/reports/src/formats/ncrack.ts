import { parsePort } from '../parse-port.ts';
import { attributeOf, childAt, childrenAt } from '../reading/xml-element.ts';
import type { Draft, Format } from './format.ts';

/** Reports of Ncrack: `-oX` (https://nmap.org/ncrack/man.html). The passwords that it found are left out. */
export const ncrack: Format = {
  id: 'ncrack',
  name: 'Ncrack',
  variants: [
    {
      form: 'xml',
      recognises: ({ root }) => root === 'ncrackrun',
      layout: { entries: ['/ncrackrun/service'] },
      read({ element, parents: [run] }) {
        const host = attributeOf(childAt(element, 'address'), 'addr');
        const port = childAt(element, 'port');
        const service = attributeOf(port, 'name');
        const seconds = Number(attributeOf(element, 'endtime') ?? Number.NaN);
        const guessed = childrenAt(element, 'credentials').map((credentials): Draft => {
          const login = attributeOf(credentials, 'username');
          return {
            kind: 'weakness',
            rule: { id: 'guessed-password', name: 'Password that was guessed' },
            title: `Password of ${login ?? 'the service'} for ${service ?? 'a service'} was guessed`,
            location: { host, port: parsePort(attributeOf(port, 'portid')), protocol: service ?? attributeOf(port, 'protocol') },
            asset: host === undefined ? undefined : { type: 'host', name: host },
            foundAt: Math.abs(seconds) < 1e11 ? new Date(seconds * 1000).toISOString() : undefined,
            identity: login ?? '',
            tool: { version: attributeOf(run, 'version') },
          };
        });
        return guessed.length > 0 ? guessed : { skipped: 'service whose passwords were not guessed' };
      },
    },
  ],
};
