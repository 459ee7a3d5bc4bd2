import type { ObjectType } from '@deployguard/git';
import { buildAnchorTable, type AnchorTable } from '../../detect/build-anchor-table.ts';
import type { AnchorList, Match, Unread } from '../../detect/detector.ts';

/**
 * What a traversal looks for in objects. A detector is one; any other literal search can be one.
 *
 * `scan` finds everything in one content: what `verify` appends at every anchor that stands there, settled, and for wrapped content
 * whatever else it finds. The traversal calls `verify` only where an answer may differ from that of the object's base, so an answer
 * may depend on nothing but the bytes that the anchor's bounds name.
 */
export interface Matcher {
  readonly anchors: AnchorList;
  /** The anchors as they are searched for. */
  getAnchorTable(): AnchorTable;
  verify(content: Buffer, at: number, anchorIndex: number, matches: Match[]): void;
  /** Brings what `verify` appended in one content into its final form. */
  settle(matches: readonly Match[]): Match[];
  /** Content of which only `scan` finds everything; depends on the first 512 bytes alone. */
  isWrapped(content: Buffer): boolean;
  scan(content: Buffer, onUnread: (unread: Unread) => void): Match[];
  /**
   * Instead of all that: is handed every object of the packs whole, trees too, deltas after their base. Contents are valid during the call
   * only. What it returns comes back with the object as a base.
   */
  readonly visit?: (type: ObjectType, id: Buffer, content: Buffer, base: VisitedBase | undefined) => unknown;
  /** With `visit`: what was gathered since the last call, in a form that can be sent to another thread. */
  readonly takeGathered?: () => unknown;
}

/** What an object is a delta of. */
export interface VisitedBase {
  readonly content: Buffer;
  /** Where the object was copied from: start in the object, start in the base, length, three numbers each, in the order of the starts. */
  readonly runs: Uint32Array;
  /** What `visit` returned for it. */
  readonly note: unknown;
}

/** How a thread gets its matcher: the named function of a module, called with options that can be cloned. */
export interface MatcherSource {
  /** URL of the module. */
  readonly module: string;
  /** Name of a function that it exports: from the options to a matcher, or to the promise of one. */
  readonly create: string;
  readonly options: unknown;
}

/** A matcher that looks for nothing and visits everything. */
export function createVisitor(visitor: Required<Pick<Matcher, 'visit' | 'takeGathered'>>): Matcher {
  return {
    anchors: [],
    getAnchorTable: () => buildAnchorTable([]),
    verify: () => undefined,
    settle: () => [],
    isWrapped: () => false,
    scan: () => [],
    ...visitor,
  };
}

export async function loadMatcher({ module, create, options }: MatcherSource): Promise<Matcher> {
  const loaded = (await import(module)) as Record<string, (options: unknown) => Matcher | Promise<Matcher>>;
  return await loaded[create]!(options);
}
