import { domainToASCII } from 'node:url';

const labels = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
// Of a text with other marks, some would be taken for the rest of an address.
const written = /^[a-z0-9.\u0080-\u{10ffff}-]+$/iu;
const longest = 253;

/** A host name as requests carry it: in lower case, in ASCII, without the dot of the root. Undefined: it is none. */
export function parseHostName(text: string): string | undefined {
  if (!written.test(text)) return undefined;
  const name = domainToASCII(text).replace(/\.$/, '');
  return name.length <= longest && labels.test(name) ? name : undefined;
}
