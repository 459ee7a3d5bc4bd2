import { inflateStream } from './inflate-stream.ts';
import type { Layer } from './layer.ts';
import type { UnpackBudget } from './unpack-budget.ts';

const localHeader = Buffer.from('PK\x03\x04', 'latin1');
const centralHeader = 0x02014b50;
const localHeaderBytes = 30;
const centralHeaderBytes = 46;
const endRecordBytes = 22;
const maxCommentBytes = 0xffff;

interface Entry {
  readonly name: string;
  readonly isEncrypted: boolean;
  readonly method: number;
  readonly start: number;
  /** The packed data's end; for an entry only known by its local header, the end of the archive. */
  readonly end: number;
}

export function isZip(content: Buffer): boolean {
  return content.length >= endRecordBytes && content.readUInt16BE(0) === 0x504b && [0x0304, 0x0506].includes(content.readUInt16BE(2));
}

/**
 * Members of a ZIP archive (also .jar, .docx, .apk …): those of the central directory, then local entries it does not mention, so that
 * neither a cut archive nor a doctored directory hides anything.
 */
export function* readZip(content: Buffer, budget: UnpackBudget): Generator<Layer> {
  const covered = new CoveredRanges();
  for (const entry of listCentralEntries(content)) {
    covered.add(entry.start, entry.end);
    if (!budget.takeEntry('zip archive')) return;
    const layer = readEntry(content, entry, budget);
    if (layer) yield layer;
  }
  for (let at = content.indexOf(localHeader); at !== -1; at = content.indexOf(localHeader, at + 4)) {
    const entry = covered.has(at) ? undefined : readLocalEntry(content, at);
    if (!entry || covered.has(entry.start)) continue;
    covered.add(entry.start, Math.max(entry.end, entry.start + 1));
    if (!budget.takeEntry('zip archive')) return;
    const layer = readEntry(content, entry, budget);
    if (layer) yield layer;
  }
}

function readEntry(content: Buffer, { name, isEncrypted, method, start, end }: Entry, budget: UnpackBudget): Layer | undefined {
  if (start >= end) return undefined;
  const packed = content.subarray(start, end);
  const place = { encoding: 'zip', innerPath: name, start, end };
  if (isEncrypted) {
    budget.skip('zip member', 'it is encrypted');
    return undefined;
  }
  if (method === 0) return { ...place, content: packed, toOuter: (from, to) => [start + from, start + to] };
  const form = method === 8 ? 'deflate' : method === 93 ? 'zstd' : undefined;
  if (!form) {
    budget.skip('zip member', `its compression method ${method} is not supported`);
    return undefined;
  }
  const unpacked = inflateStream(packed, form, 'zip member', budget);
  return unpacked && { ...place, content: unpacked };
}

function* listCentralEntries(content: Buffer): Generator<Entry> {
  const end = findEndRecord(content);
  if (end === undefined) return;
  let at = content.readUInt32LE(end + 16);
  while (at + centralHeaderBytes <= content.length && content.readUInt32LE(at) === centralHeader) {
    const nameBytes = content.readUInt16LE(at + 28);
    const nameStart = at + centralHeaderBytes;
    const local = content.readUInt32LE(at + 42);
    const entry = readLocalEntry(content, local);
    if (entry) {
      const packedBytes = content.readUInt32LE(at + 20);
      yield {
        name: content.toString('latin1', nameStart, nameStart + nameBytes),
        isEncrypted: (content.readUInt16LE(at + 8) & 1) === 1,
        method: content.readUInt16LE(at + 10),
        start: entry.start,
        end: Math.min(content.length, entry.start + packedBytes),
      };
    }
    at = nameStart + nameBytes + content.readUInt16LE(at + 30) + content.readUInt16LE(at + 32);
  }
}

function findEndRecord(content: Buffer): number | undefined {
  for (let at = content.length - endRecordBytes; at >= Math.max(0, content.length - endRecordBytes - maxCommentBytes); at--) {
    if (content[at] === 0x50 && content.readUInt32LE(at) === 0x06054b50) return at;
  }
  return undefined;
}

function readLocalEntry(content: Buffer, at: number): Entry | undefined {
  if (at + localHeaderBytes > content.length || content.compare(localHeader, 0, 4, at, at + 4) !== 0) return undefined;
  const nameBytes = content.readUInt16LE(at + 26);
  const start = at + localHeaderBytes + nameBytes + content.readUInt16LE(at + 28);
  if (start > content.length) return undefined;
  const packedBytes = content.readUInt32LE(at + 18);
  return {
    name: content.toString('latin1', at + localHeaderBytes, at + localHeaderBytes + nameBytes),
    isEncrypted: (content.readUInt16LE(at + 6) & 1) === 1,
    method: content.readUInt16LE(at + 8),
    start,
    // Writers that stream leave 0 here and say the size behind the data; a deflated stream knows its end itself.
    end: packedBytes === 0 ? content.length : Math.min(content.length, start + packedBytes),
  };
}

/** Which bytes belong to members already read; ranges may come in any order. */
class CoveredRanges {
  readonly #ranges: [number, number][] = [];
  #isSorted = true;

  add(start: number, end: number): void {
    this.#isSorted &&= this.#ranges.length === 0 || this.#ranges.at(-1)![0] <= start;
    this.#ranges.push([start, end]);
  }

  has(at: number): boolean {
    if (!this.#isSorted) {
      this.#ranges.sort((a, b) => a[0] - b[0]);
      this.#isSorted = true;
    }
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#ranges[middle]![0] <= at) low = middle + 1;
      else high = middle;
    }
    return low > 0 && at < this.#ranges[low - 1]![1];
  }
}
