import { parseHeaders, parseOidField } from './parse-headers.ts';
import type { ByteRange, ObjectHeader, OidField } from './parse-headers.ts';

/** Where the parts of a commit stand in its content. Nothing is decoded or corrected: the ranges cover every byte. */
export interface ParsedCommit {
  /** All of them in order, those below included. */
  readonly headers: readonly ObjectHeader[];
  readonly tree: OidField | undefined;
  readonly parents: readonly OidField[];
  /** `name <e-mail> seconds zone`, as written; see `parseIdentity`. The first, when there are several. */
  readonly author: ByteRange | undefined;
  readonly committer: ByteRange | undefined;
  /** Name of the message's character encoding; `undefined` means UTF-8. Latin-1. */
  readonly encoding: string | undefined;
  readonly message: ByteRange;
}

/** Takes a commit apart without judging it. Never throws. */
export function parseCommit(content: Buffer): ParsedCommit {
  const { headers, messageStart } = parseHeaders(content);
  const find = (name: string): ObjectHeader | undefined => headers.find((header) => header.name === name);
  const tree = find('tree');
  const encoding = find('encoding')?.value;
  return {
    headers,
    tree: tree && parseOidField(content, tree),
    parents: headers.flatMap((header) => (header.name === 'parent' ? (parseOidField(content, header) ?? []) : [])),
    author: find('author')?.value,
    committer: find('committer')?.value,
    encoding: encoding && content.toString('latin1', encoding.start, encoding.end),
    message: { start: messageStart, end: content.length },
  };
}
