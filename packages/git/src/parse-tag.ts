import { parseHeaders, parseOidField } from './parse-headers.ts';
import type { ByteRange, ObjectHeader, OidField } from './parse-headers.ts';

/** Where the parts of an annotated tag stand in its content. */
export interface ParsedTag {
  readonly headers: readonly ObjectHeader[];
  readonly object: OidField | undefined;
  /** What the tag says its object is. Latin-1. */
  readonly type: string | undefined;
  readonly name: ByteRange | undefined;
  readonly tagger: ByteRange | undefined;
  /** With the signature, if there is one. */
  readonly message: ByteRange;
  /** Where the signature at the end of the message begins. */
  readonly signatureStart: number | undefined;
}

/** First lines of signatures that git appends to a tag's message (`gpg-interface.c`). */
const signatureMarks = [
  '-----BEGIN PGP SIGNATURE-----',
  '-----BEGIN PGP MESSAGE-----',
  '-----BEGIN SSH SIGNATURE-----',
  '-----BEGIN SIGNED MESSAGE-----',
] as const;

/** Takes a tag apart without judging it. Never throws. */
export function parseTag(content: Buffer): ParsedTag {
  const { headers, messageStart } = parseHeaders(content);
  const find = (name: string): ObjectHeader | undefined => headers.find((header) => header.name === name);
  const object = find('object');
  const type = find('type')?.value;
  return {
    headers,
    object: object && parseOidField(content, object),
    type: type && content.toString('latin1', type.start, type.end),
    name: find('tag')?.value,
    tagger: find('tagger')?.value,
    message: { start: messageStart, end: content.length },
    signatureStart: findSignature(content, messageStart),
  };
}

/** As git does: the last line that begins a signature. */
function findSignature(content: Buffer, messageStart: number): number | undefined {
  const starts = signatureMarks.map((mark) => {
    let at = content.lastIndexOf(mark, undefined, 'latin1');
    while (at > messageStart && content[at - 1] !== 0x0a) at = content.lastIndexOf(mark, at - 1, 'latin1');
    return at;
  });
  const last = Math.max(...starts);
  return last >= messageStart ? last : undefined;
}
