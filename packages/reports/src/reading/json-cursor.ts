import { ReportError } from './report-error.ts';
import type { ReportBytes } from './report-bytes.ts';

const windowBytes = 512 << 10;

/** Containers in containers; deeper ones are an attack, or no report. */
const maximumDepth = 64;

/** What is held of one value at most: one entry of a report is kilobytes. */
const maximumValueBytes = 32 << 20;

const quote = 0x22;
const backslash = 0x5c;

/** Where a value lies in `JsonCursor.bytes`. */
export interface ValueRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Moves through JSON text of any length, holding a window of it. It splits values by quotes and brackets alone; what is in them is for
 * `JSON.parse` to judge (RFC 8259).
 */
export class JsonCursor {
  readonly #source: ReportBytes;
  /** The window; `at` is where the cursor stands in it and `end` where its content ends. */
  bytes: Buffer<ArrayBuffer>;
  at = 0;
  #end = 0;
  /** Of the window's first byte. */
  #position: number;
  /** The first backslash at or behind `from`, so that a window without any is searched once and not for each value. */
  #backslash: KnownByte = { from: 0, at: 0 };
  /** Whether the window is that of another cursor, and stays as it is. */
  #isBorrowed = false;

  constructor(source: ReportBytes, position = 0, bytes = Buffer.allocUnsafe(windowBytes)) {
    this.#source = source;
    this.#position = position;
    this.bytes = bytes;
  }

  /** Another cursor at this place, which reads on from `source`, to be used as long as this one stays where it is. */
  lookAhead(source: ReportBytes): JsonCursor {
    const ahead = new JsonCursor(source, this.#position, this.bytes);
    ahead.at = this.at;
    ahead.#end = this.#end;
    ahead.#backslash = { ...this.#backslash };
    ahead.#isBorrowed = true;
    return ahead;
  }

  /** Of the byte at the cursor, in the report. */
  get position(): number {
    return this.#position + this.at;
  }

  /** The next byte that is no white space, without passing it; undefined at the end. */
  async peek(): Promise<number | undefined> {
    for (;;) {
      while (this.at < this.#end) {
        const byte = this.bytes[this.at]!;
        if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
        this.at++;
      }
      if (!(await this.#fill(this.at))) return undefined;
    }
  }

  /** The same without waiting: `waiting` when more must be read first. */
  peekNow(): number | undefined {
    while (this.at < this.#end) {
      const byte = this.bytes[this.at]!;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
      this.at++;
    }
    return undefined;
  }

  /** Passes one value and says where it lies, which holds until the cursor is used again. Undefined: it is larger than is held, and passed. */
  async takeValue(): Promise<ValueRange | undefined> {
    const now = this.takeValueNow();
    if (now !== undefined) return now;
    return this.#pass(maximumValueBytes);
  }

  /** The same when the whole value is in the window; else the cursor stays. */
  takeValueNow(): ValueRange | undefined {
    const scan = new ValueScan();
    const end = scan.run(this.bytes, this.at, this.#end, this.#backslash);
    if (!scan.isDone || end - this.at > maximumValueBytes) return undefined;
    const start = this.at;
    this.at = end;
    return { start, end };
  }

  /** Passes one value without holding it. */
  async skipValue(): Promise<void> {
    await this.#pass(0);
  }

  /** Goes behind the closing bracket of the list or object that the cursor is in. */
  async leaveContainer(): Promise<void> {
    await this.#pass(0, 1);
  }

  /** Goes behind the next line break, to go on after a line that is no JSON. */
  async skipLine(): Promise<void> {
    for (;;) {
      const at = this.bytes.subarray(0, this.#end).indexOf(0x0a, this.at);
      this.at = at === -1 ? this.#end : at + 1;
      if (at !== -1 || !(await this.#fill(this.at))) return;
    }
  }

  async #pass(holdBytes: number, depth = 0): Promise<ValueRange | undefined> {
    const scan = new ValueScan(depth);
    let length = 0;
    let isHeld = holdBytes > 0;
    for (;;) {
      const from = this.at + length;
      const end = scan.run(this.bytes, from, this.#end, this.#backslash);
      length = end - this.at;
      if (length > holdBytes) isHeld = false;
      if (scan.isDone) break;
      if (!isHeld) {
        this.at = this.#end;
        length = 0;
      }
      if (!(await this.#fill(this.at))) {
        if (!scan.endsWithInput()) throw damaged(this.#position + this.#end);
        break;
      }
    }
    const start = this.at;
    this.at += length;
    return isHeld ? { start, end: this.at } : undefined;
  }

  /** Reads more, keeping what begins at `from`; false at the end of the report. */
  async #fill(from: number): Promise<boolean> {
    const kept = this.#end - from;
    const isTooSmall = kept === this.bytes.length;
    if (isTooSmall || this.#isBorrowed) {
      const own = Buffer.allocUnsafe(this.bytes.length * (isTooSmall ? 2 : 1));
      this.bytes.copy(own, 0, from, this.#end);
      this.bytes = own;
      this.#isBorrowed = false;
    } else if (from > 0) {
      this.bytes.copyWithin(0, from, this.#end);
    }
    this.#position += from;
    this.at -= from;
    const count = await this.#source.read(this.bytes.subarray(kept), this.#position + kept);
    this.#end = kept + count;
    this.#backslash.from = this.#backslash.at = 0;
    return count > 0;
  }
}

export function damaged(position: number): ReportError {
  return new ReportError('REPORT_UNREADABLE', `The report breaks off or is no JSON at byte ${position}.`);
}

/** Between `from` and `at` there is none in the window. */
interface KnownByte {
  from: number;
  at: number;
}

/** Finds the end of one value, however its bytes come in pieces. */
class ValueScan {
  isDone = false;
  #depth: number;
  #inString = false;
  #isEscaped = false;
  #isScalar = false;

  constructor(depth = 0) {
    this.#depth = depth;
  }

  /** Goes on at `at`; answers where the value ends, or `end` when it goes on. */
  run(bytes: Buffer, at: number, end: number, known: KnownByte): number {
    let depth = this.#depth;
    let inString = this.#inString;
    // Of the next one that a native search found.
    let quoteAt = -1;
    if (this.#isEscaped && at < end) {
      this.#isEscaped = false;
      at++;
    }
    while (at < end) {
      if (inString) {
        const near = Math.min(end, at + nearBytes);
        let byte = bytes[at]!;
        while (byte !== quote && byte !== backslash && ++at < near) byte = bytes[at]!;
        if (at === near) {
          if (quoteAt < at) quoteAt = indexOrEnd(bytes, quote, at);
          if (known.at < at || known.from > at) {
            known.from = at;
            known.at = indexOrEnd(bytes, backslash, at);
          }
          at = Math.min(end, quoteAt, known.at);
          if (at === end) break;
          byte = bytes[at]!;
        }
        if (byte === backslash) {
          if (at + 1 === end) this.#isEscaped = true;
          at += 2;
          continue;
        }
        at++;
        inString = false;
        this.isDone = depth === 0;
      } else if (depth === 0) {
        const meaning = meanings[bytes[at]!]!;
        if (meaning === closing || meaning === separating) this.isDone = true;
        else {
          at++;
          if (meaning === opening) depth = 1;
          else if (meaning === quoting) inString = true;
          else this.#isScalar = true;
        }
      } else {
        let meaning = meanings[bytes[at++]!]!;
        while ((meaning === 0 || meaning === separating) && at < end) meaning = meanings[bytes[at++]!]!;
        if (meaning === quoting) inString = true;
        else if (meaning === opening) {
          if (++depth > maximumDepth) throw new ReportError('REPORT_TOO_LARGE', `The report is nested deeper than ${maximumDepth} levels.`);
        } else if (meaning === closing) this.isDone = --depth === 0;
      }
      if (this.isDone) break;
    }
    this.#depth = depth;
    this.#inString = inString;
    return Math.min(at, end);
  }

  /** A number or a word at the top ends where the report ends. */
  endsWithInput(): boolean {
    return this.#isScalar && this.#depth === 0 && !this.#inString;
  }
}

/** Up to here a loop is faster than asking for a native search. */
const nearBytes = 32;

function indexOrEnd(bytes: Buffer, byte: number, from: number): number {
  const at = bytes.indexOf(byte, from);
  return at === -1 ? bytes.length : at;
}

const quoting = 1;
const opening = 2;
const closing = 3;
const separating = 4;

/** By byte: what it means outside of strings. */
const meanings = new Uint8Array(256);
meanings[quote] = quoting;
for (const byte of Buffer.from('{[')) meanings[byte] = opening;
for (const byte of Buffer.from('}]')) meanings[byte] = closing;
for (const byte of Buffer.from(', \n\r\t')) meanings[byte] = separating;
