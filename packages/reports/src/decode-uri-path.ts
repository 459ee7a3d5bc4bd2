import { quotePath } from '@deployguard/findings';

/** Nothing in it stands for something else, as in most. */
const plainPath = /^[\w./@+-]*$/;

/** The path that a percent-encoded one stands for; `undefined` when an escape is none. What is no UTF-8 comes as `quotePath` writes it. */
export function decodeUriPath(uri: string): string | undefined {
  if (plainPath.test(uri)) return uri;
  if (/%(?![0-9a-f]{2})/i.test(uri)) return undefined;
  const bytes = Buffer.from(uri, 'utf8').toString('latin1');
  return quotePath(bytes.replaceAll(/%(..)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))));
}
