import type { DropReason } from './judge-match.ts';

/** A rule's hit in one piece of content, in a form that can be sent between threads. */
export interface Match {
  /** Index into the detector's `rules`. */
  readonly ruleIndex: number;
  /**
   * Byte offsets in the content that was scanned, ends exclusive. For what was decoded they span the encoded bytes; for what was
   * unpacked from a compressed member, all of that member's bytes.
   */
  readonly start: number;
  readonly end: number;
  readonly secretStart: number;
  readonly secretEnd: number;
  /** Decoded, Latin-1. Never to be printed, logged or stored as it is. */
  readonly secret: string;
  /** How it was wrapped, outermost first: `['base64']`, `['zip', 'utf-16le']`. Empty when it stands in the clear. */
  readonly encodings: readonly string[];
  /** The member of an archive, nested ones joined with `!`. */
  readonly innerPath?: string;
  /** Why it is no secret; absent when it is one. */
  readonly dropped?: DropReason;
}
