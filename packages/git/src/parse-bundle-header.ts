import { open } from 'node:fs/promises';
import { GitError } from './git-error.ts';
import { isObjectId } from './object-type.ts';
import type { ObjectFormat } from './object-type.ts';
import type { Ref } from './repository.ts';

/** What a bundle says of itself before its pack (format: gitformat-bundle(5)). */
export interface BundleHeader {
  readonly objectFormat: ObjectFormat;
  /** Commits that the receiver must have already. */
  readonly prerequisites: readonly string[];
  readonly refs: readonly Ref[];
  /** The filter by which objects were left out; `undefined` when it holds all. */
  readonly filter: string | undefined;
  /** Where the pack begins. */
  readonly packOffset: number;
}

const signatures = ['# v2 git bundle\n', '# v3 git bundle\n'];
const maxHeaderBytes = 256 * 1024 * 1024;

/** Whether a file begins as a bundle does. */
export async function isBundle(path: string): Promise<boolean> {
  const start = await readStart(path, signatures[0]!.length);
  return signatures.includes(start.toString('latin1'));
}

/** Reads a bundle's header. Throws `BUNDLE_INVALID`. */
export async function loadBundleHeader(path: string): Promise<BundleHeader> {
  for (let length = 64 * 1024; ; length *= 8) {
    const start = await readStart(path, length);
    const header = parseBundleHeader(start);
    if (header !== undefined) return header;
    if (start.length < length || length > maxHeaderBytes) throw invalidBundle('its header does not end');
  }
}

/** Reads a header from a bundle's first bytes; `undefined` when it goes on behind them. Names of refs become Latin-1. */
function parseBundleHeader(start: Buffer): BundleHeader | undefined {
  const prerequisites: string[] = [];
  const refs: Ref[] = [];
  let objectFormat: ObjectFormat = 'sha1';
  let filter: string | undefined;
  let position = signatures[0]!.length;
  if (start.length < position) return undefined;
  if (!signatures.includes(start.toString('latin1', 0, position))) throw invalidBundle('it does not begin like one');

  while (true) {
    const lineEnd = start.indexOf(0x0a, position);
    if (lineEnd === -1) return undefined;
    const line = start.toString('latin1', position, lineEnd);
    position = lineEnd + 1;
    if (line === '') return { objectFormat, prerequisites, refs, filter, packOffset: position };
    if (line.startsWith('@object-format=')) objectFormat = parseObjectFormat(line.slice(15));
    else if (line.startsWith('@filter=')) filter = line.slice(8);
    else if (line.startsWith('@')) throw invalidBundle('it needs a newer version of this program');
    else if (line.startsWith('-')) prerequisites.push(parseOid(line.slice(1).split(' ')[0]!));
    else refs.push({ target: parseOid(line.split(' ', 1)[0]!), name: line.slice(line.indexOf(' ') + 1) });
  }
}

function parseObjectFormat(text: string): ObjectFormat {
  if (text !== 'sha1' && text !== 'sha256') throw invalidBundle('it uses an unknown hash');
  return text;
}

function parseOid(text: string): string {
  if (!isObjectId(text)) throw invalidBundle('a line of its header is no ref');
  return text;
}

function invalidBundle(why: string): GitError {
  return new GitError('BUNDLE_INVALID', `This is not a bundle that can be read: ${why}. Make one with "git bundle create <file> --all".`);
}

async function readStart(path: string, length: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
