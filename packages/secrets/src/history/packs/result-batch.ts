import type { Match, Unread } from '../../detect/detector.ts';
import type { LinkPiece } from '../../graph/graph-builder.ts';

/** Why an entry of a pack was left to git. */
export type LeftReason = 'too-large' | 'unreadable' | 'base-left' | 'limit';

/**
 * What a thread found since its last batch, small to send: equal secrets in thousands of versions of a file are one payload each.
 * `objects`: entry, number of matches. `places`: payload, start, end, secret's start, secret's end for each match, objects in order.
 */
export interface ResultBatch {
  readonly objects: Uint32Array;
  readonly places: Uint32Array;
  readonly payloads: readonly Payload[];
  readonly names: readonly { readonly name: string; readonly matches: readonly Match[] }[];
  readonly unread: readonly { readonly entry: number; readonly unread: Unread }[];
  readonly left: readonly { readonly entry: number; readonly reason: LeftReason }[];
  /** What a matcher that visits objects has gathered. */
  readonly gathered?: unknown;
  /** What objects lead to. */
  readonly links?: LinkPiece;
}

export function emptyBatch(): ResultBatch {
  return { objects: new Uint32Array(0), places: new Uint32Array(0), payloads: [], names: [], unread: [], left: [] };
}

export type Payload = Omit<Match, 'start' | 'end' | 'secretStart' | 'secretEnd'>;

const placeWords = 5;
const flushAt = 1 << 14;

/** Gathers results and hands them on when there are many. */
export class BatchWriter {
  readonly #deliver: (batch: ResultBatch) => void;
  #objects: number[] = [];
  #places: number[] = [];
  #payloads: Payload[] = [];
  #payloadIds = new Map<string, number>();
  #names: { name: string; matches: readonly Match[] }[] = [];
  #unread: { entry: number; unread: Unread }[] = [];
  #left: { entry: number; reason: LeftReason }[] = [];

  constructor(deliver: (batch: ResultBatch) => void) {
    this.#deliver = deliver;
  }

  addObject(entry: number, matches: readonly Match[]): void {
    if (matches.length === 0) return;
    this.#objects.push(entry, matches.length);
    for (const match of matches) {
      this.#places.push(this.#identify(match), match.start, match.end, match.secretStart, match.secretEnd);
    }
    this.#flushWhenFull();
  }

  addName(name: string, matches: readonly Match[]): void {
    this.#names.push({ name, matches });
  }

  addUnread(entry: number, unread: Unread): void {
    this.#unread.push({ entry, unread });
  }

  addLeft(entry: number, reason: LeftReason): void {
    this.#left.push({ entry, reason });
    this.#flushWhenFull();
  }

  flush(gathered?: unknown): void {
    this.#deliver({
      objects: Uint32Array.from(this.#objects),
      places: Uint32Array.from(this.#places),
      payloads: this.#payloads,
      names: this.#names,
      unread: this.#unread,
      left: this.#left,
      ...(gathered !== undefined && { gathered }),
    });
    this.#objects = [];
    this.#places = [];
    this.#payloads = [];
    this.#payloadIds = new Map();
    this.#names = [];
    this.#unread = [];
    this.#left = [];
  }

  #flushWhenFull(): void {
    if (this.#places.length >= flushAt * placeWords || this.#left.length >= flushAt) this.flush();
  }

  #identify({ ruleIndex, secret, encodings, innerPath, dropped }: Match): number {
    const key = `${ruleIndex} ${dropped ?? ''} ${encodings.join()} ${innerPath ?? ''} ${secret}`;
    let id = this.#payloadIds.get(key);
    if (id === undefined) {
      id = this.#payloads.push({
        ruleIndex,
        secret,
        encodings,
        ...(innerPath !== undefined && { innerPath }),
        ...(dropped !== undefined && { dropped }),
      });
      this.#payloadIds.set(key, --id);
    }
    return id;
  }
}

/** The matches of each object of a batch. */
export function* readBatch({ objects, places, payloads }: ResultBatch): Generator<{ entry: number; matches: Match[] }> {
  let at = 0;
  for (let i = 0; i < objects.length; i += 2) {
    const matches: Match[] = [];
    for (let left = objects[i + 1]!; left > 0; left--, at += placeWords) {
      const [payload, start, end, secretStart, secretEnd] = places.subarray(at, at + placeWords) as unknown as [
        number,
        number,
        number,
        number,
        number,
      ];
      matches.push({ ...payloads[payload]!, start, end, secretStart, secretEnd });
    }
    yield { entry: objects[i]!, matches };
  }
}
