import type { AnchorList, Detector } from '../detect/detector.ts';
import type { Match } from '../detect/match.ts';
import { settleMatches } from '../detect/settle-matches.ts';

/** What is held of an object at a time, besides what its rules look around. */
const pieceBytes = 16 * 1024 * 1024;

/**
 * Scans content piece by piece: the matches of `Detector.scan` for content that is not wrapped, since a match depends on no more than the
 * bytes around its anchor.
 */
export async function scanLargeObject(detector: Detector, chunks: AsyncIterable<Buffer>): Promise<Match[]> {
  const { before, after } = measureBounds(detector.anchors);
  const matches: Match[] = [];
  /** Content from `start` on; anchors before `next` have been tried. */
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let start = 0;
  let next = 0;

  for await (const chunk of chunks) {
    waiting.push(Buffer.from(chunk));
    waitingBytes += chunk.length;
    if (waitingBytes >= pieceBytes + before + after) scanWaiting(after);
  }
  scanWaiting(0);
  return settleMatches(matches);

  /** Leaves anchors in the last bytes for later, when what follows them is known. */
  function scanWaiting(unsureBytes: number): void {
    const content = Buffer.concat(waiting);
    const end = start + content.length - unsureBytes;
    for (const match of detector.scanPart(content, next - start, end - start)) matches.push(shift(match, start));
    next = end;
    const kept = Math.max(start, next - before);
    waiting = [Buffer.from(content.subarray(kept - start))];
    waitingBytes = waiting[0]!.length;
    start = kept;
  }
}

/** How many bytes around an anchor at most decide on a match. */
function measureBounds(anchors: AnchorList): { before: number; after: number } {
  let [before, after] = [0, 0];
  for (const anchor of anchors) {
    before = Math.max(before, anchor.before);
    after = Math.max(after, anchor.after + anchor.text.length);
  }
  return { before, after };
}

function shift(match: Match, by: number): Match {
  return {
    ...match,
    start: match.start + by,
    end: match.end + by,
    secretStart: match.secretStart + by,
    secretEnd: match.secretEnd + by,
  };
}
