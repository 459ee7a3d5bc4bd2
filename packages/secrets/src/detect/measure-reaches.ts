import type { Anchor } from './anchor.ts';

/** How far around a change anchors may be met by it, in bytes. */
export interface AnchorReaches {
  readonly lineBefore: number;
  readonly lineAfter: number;
  readonly farAfter: number;
}

/** Bytes behind an anchor's text that decide whether an assignment follows. */
const operatorBytes = 64 + 16;
/** Bytes before an anchor that decide whether a word begins there. */
export const boundaryBytes = 3;

/**
 * Whether an anchor's hits are kept and handed down. The others are searched anew on the lines that a delta touches, as far as their
 * bounds reach: with wide bounds that would be all of a minified file.
 */
export function isTracked({ scope, before, after }: Anchor): boolean {
  return scope === 'far' || before > 512 || after > 1024;
}

/** `line…` for untracked anchors, `far…` for tracked ones. */
export function measureReaches(anchors: readonly Anchor[]): AnchorReaches {
  let [lineBefore, lineAfter, farAfter] = [0, 0, 0];
  for (const anchor of anchors) {
    const { text, before, after, needsOperator } = anchor;
    if (isTracked(anchor)) {
      farAfter = Math.max(farAfter, text.length + (needsOperator ? operatorBytes : 0));
    } else {
      lineBefore = Math.max(lineBefore, before, boundaryBytes);
      lineAfter = Math.max(lineAfter, after, text.length + operatorBytes);
    }
  }
  return { lineBefore, lineAfter, farAfter };
}
