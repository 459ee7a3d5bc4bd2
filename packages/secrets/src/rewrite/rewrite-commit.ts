import { parseHeaders, parseTag } from '@deployguard/git';
import type { ObjectHeader } from '@deployguard/git';
import { redactMessage } from './containers/redact-container.ts';
import type { ObjectMap } from './object-map.ts';
import type { Redactor } from './redact.ts';

export interface HeaderRewriteOptions {
  readonly objects: ObjectMap;
  /** Absent when it is known that no value stands in the object. */
  readonly redactor: Redactor | undefined;
  /** Of a commit: the new id of its tree, if it has one. */
  readonly newTree?: string | undefined;
  /** Replaces the old ids quoted in a message; `undefined` when it quotes none. */
  readonly mapQuotedIds: (message: Buffer) => Buffer | undefined;
}

/** Headers that vouch for a commit as it was: a rewritten commit cannot keep them, and a merged tag's text may hold the value too. */
const vouchingHeaders = new Set(['gpgsig', 'gpgsig-sha256', 'mergetag']);
const linkHeaders = new Set(['tree', 'parent', 'object']);
const identityHeaders = new Set(['author', 'committer', 'tagger']);

/**
 * A commit with the new ids of its tree and parents and without values; `undefined` when nothing in it changes. Every other byte is kept:
 * encodings, odd dates, unknown headers, missing line feeds.
 */
export function rewriteCommit(content: Buffer, options: HeaderRewriteOptions): Buffer | undefined {
  const { headers, messageStart } = parseHeaders(content);
  return rewriteHeaders(content, headers, messageStart, content.length, options);
}

/** The same for an annotated tag; its signature goes when it changes. */
export function rewriteTag(content: Buffer, options: HeaderRewriteOptions): Buffer | undefined {
  const { headers, message, signatureStart } = parseTag(content);
  return rewriteHeaders(content, headers, message.start, signatureStart ?? content.length, options);
}

function rewriteHeaders(
  content: Buffer,
  headers: readonly ObjectHeader[],
  messageStart: number,
  messageEnd: number,
  { objects, redactor, newTree, mapQuotedIds }: HeaderRewriteOptions,
): Buffer | undefined {
  let isChanged = false;
  const parts: Buffer[] = [];
  let headersEnd = 0;
  for (const header of headers) {
    headersEnd = header.end;
    const line = content.subarray(header.start, header.end);
    if (vouchingHeaders.has(header.name)) {
      // Whether the commit changes shows only at the end: mark the place.
      parts.push(line);
      continue;
    }
    const newLine = linkHeaders.has(header.name)
      ? mapLink(content, header, objects, newTree)
      : redactor && redactHeader(content, header, redactor);
    if (newLine) isChanged = true;
    parts.push(newLine ?? line);
  }
  const message = content.subarray(messageStart, messageEnd);
  const redacted = redactor && redactMessage(message, redactor);
  if (redacted) isChanged = true;
  // A value may stand in nothing but a signature or a merged tag.
  if (!isChanged && !headers.some(holdsValueToDrop) && !redactor?.contains(content.subarray(messageEnd))) return undefined;

  const kept = parts.filter((_, index) => !vouchingHeaders.has(headers[index]!.name));
  const newMessage = redacted ?? message;
  return Buffer.concat([...kept, content.subarray(headersEnd, messageStart), mapQuotedIds(newMessage) ?? newMessage]);

  function holdsValueToDrop(header: ObjectHeader): boolean {
    return vouchingHeaders.has(header.name) && redactor !== undefined && redactor.contains(content.subarray(header.start, header.end));
  }
}

function mapLink(content: Buffer, header: ObjectHeader, objects: ObjectMap, newTree: string | undefined): Buffer | undefined {
  const { start, end } = header.value;
  if (end - start !== objects.hexBytes) return undefined;
  const line = Buffer.from(content.subarray(header.start, header.end));
  if (header.name === 'tree' && newTree !== undefined) line.write(newTree, start - header.start, 'latin1');
  else if (!objects.patchHexText(line, start - header.start)) return undefined;
  return content.compare(line, 0, line.length, header.start, header.end) === 0 ? undefined : line;
}

function redactHeader(content: Buffer, header: ObjectHeader, redactor: Redactor): Buffer | undefined {
  const end = identityHeaders.has(header.name) ? endOfIdentity(content, header) : header.value.end;
  const redacted = redactor.redact(content.subarray(header.start, end), header.name === 'tag' ? 'ref-name' : 'header');
  return redacted && Buffer.concat([redacted, content.subarray(end, header.end)]);
}

/** Before the date: a value of digits must not make it unreadable. */
function endOfIdentity(content: Buffer, header: ObjectHeader): number {
  const close = content.subarray(header.value.start, header.value.end).lastIndexOf('>');
  return close === -1 ? header.value.end : header.value.start + close + 1;
}
