import { readFileSync, statSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import type { ObjectType } from '@deployguard/git';

export interface LooseObject {
  readonly type: ObjectType;
  readonly content: Buffer;
}

const longestHeader = 64;

/**
 * Reads a loose object: zlib data of `<type> <size>`, a zero byte and the content (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects).
 * Says why when it cannot; never makes more than `maxBytes` of it. Without promises: there can be a hundred thousand, most of them tiny.
 */
export function readLooseObject(path: string, maxBytes: number): LooseObject | 'too-large' | 'unreadable' {
  // What does not even compress into that much is no smaller inside; zlib adds at most 5 bytes to 16 KiB.
  if (statSync(path).size > maxBytes + maxBytes / 1000 + 1024) return 'too-large';
  const bytes = readFileSync(path);
  try {
    return parseLooseObject(inflateSync(bytes, { maxOutputLength: maxBytes + longestHeader }), maxBytes);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') return 'too-large';
    if (code?.startsWith('Z_')) return 'unreadable';
    throw error;
  }
}

function parseLooseObject(inflated: Buffer, maxBytes: number): LooseObject | 'too-large' | 'unreadable' {
  const header = /^(blob|tree|commit|tag) (0|[1-9][0-9]{0,15})\0/.exec(inflated.toString('latin1', 0, longestHeader));
  if (!header) return 'unreadable';
  const content = inflated.subarray(header[0].length);
  if (content.length !== Number(header[2])) return 'unreadable';
  return content.length > maxBytes ? 'too-large' : { type: header[1] as ObjectType, content };
}
