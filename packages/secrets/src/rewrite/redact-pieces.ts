import { applyEdits, maxRounds, unstableReplacement } from './redact.ts';
import type { Edit, Redactor } from './redact.ts';

/** Enough that what is searched twice, because it may belong to what comes next, hardly counts. */
const defaultStepBytes = 8 * 1024 * 1024;

/** Of the widest encoding: where text in UTF-32 begins counts from there. */
const unitBytes = 4;

/** What runs of base64 consist of, which are redacted as a whole. */
const isOfRun = Uint8Array.from({ length: 256 }, (_, code) => (/[A-Za-z0-9+/\-_=]/.test(String.fromCharCode(code)) ? 1 : 0));

/** A part of what one round of redaction makes of the content. */
interface Piece {
  readonly content: Buffer;
  /** Whether the round changed it, so that it may hold a value again. */
  readonly isChanged: boolean;
}

/**
 * What `redact` makes of the whole content, for one that is too large to be in memory. Every round is done piece by piece, one after the
 * other behind it; each holds back what depends on bytes that are still to come. A run of base64 is in memory as a whole, however long.
 */
export async function* redactPieces(
  pieces: AsyncIterable<Buffer>,
  redactor: Redactor,
  stepBytes = defaultStepBytes,
): AsyncGenerator<Buffer, void, undefined> {
  const rounds = Array.from({ length: maxRounds }, () => createRound(redactor));
  for await (const content of gather(pieces, stepBytes)) yield* advance([{ content, isChanged: true }], false);
  yield* advance([{ content: Buffer.alloc(0), isChanged: false }], true);

  function* advance(input: Piece[], isLast: boolean): Generator<Buffer> {
    let current = input;
    for (const push of rounds) current = push(current, isLast);
    if (current.some(({ isChanged }) => isChanged)) throw unstableReplacement();
    for (const { content } of current) yield content;
  }
}

/** Pieces of a size that is worth a search. Those that come may be views of memory that is used again. */
async function* gather(pieces: AsyncIterable<Buffer>, stepBytes: number): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  for await (const piece of pieces) {
    waiting.push(Buffer.from(piece));
    waitingBytes += piece.length;
    if (waitingBytes < stepBytes) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    waitingBytes = 0;
  }
  yield Buffer.concat(waiting);
}

/** One round: takes pieces as they come and gives what no later one can matter to. */
function createRound(redactor: Redactor): (pieces: readonly Piece[], isLast: boolean) => Piece[] {
  /** What waits for more, from a whole unit on. */
  let waiting: Buffer = Buffer.alloc(0);
  /** Where what the round before changed ends in it: a hit, if there is one, begins before. */
  let changedEnd = 0;
  /** How much must have come before it is worth looking again: a long run would else be looked at over and over. */
  let wantedBytes = 0;
  return (pieces, isLast) => {
    const given = pieces.flatMap((piece, i) => take(piece, isLast && i === pieces.length - 1));
    return isLast && pieces.length === 0 ? take({ content: Buffer.alloc(0), isChanged: false }, true) : given;
  };

  function take({ content: more, isChanged }: Piece, isLast: boolean): Piece[] {
    if (changedEnd === 0 && !isChanged && !isLast) {
      // Most of most contents: nothing can be found, nothing need be copied.
      const end = findEnd(more, [], redactor.maxHitBytes, waiting.length);
      if (end > 0) {
        const passed = [waiting, more.subarray(0, end)].map((content) => ({ content, isChanged: false }));
        waiting = Buffer.from(more.subarray(end));
        return passed;
      }
    }
    const content = Buffer.concat([waiting, more]);
    if (isChanged) changedEnd = content.length;
    waiting = content;
    if (!isLast && content.length < wantedBytes) return [];
    const edits = changedEnd > 0 ? redactor.findEdits(content) : [];
    const end = isLast ? content.length : findEnd(content, edits, redactor.maxHitBytes);
    waiting = Buffer.from(content.subarray(end));
    changedEnd = Math.max(0, changedEnd - end);
    wantedBytes = 2 * waiting.length;
    const done = edits.filter((edit) => edit.start < end);
    const kept = content.subarray(0, end);
    return [done.length > 0 ? { content: applyEdits(kept, done, 'content'), isChanged: true } : { content: kept, isChanged: false }];
  }
}

/** Up to where all hits are known, and no edit reaches beyond. `offset`: how many bytes stand before the content. */
function findEnd(content: Buffer, edits: readonly Edit[], maxHitBytes: number, offset = 0): number {
  let end = findStartOfRun(content, content.length - 2 * maxHitBytes, offset);
  for (const edit of edits.toReversed()) {
    if (edit.end <= end) break;
    if (edit.start < end) end = findStartOfRun(content, edit.start, offset);
  }
  return end;
}

/** Where the run begins, or a few bytes before, where a unit does; 0 when that is before the content. */
function findStartOfRun(content: Buffer, from: number, offset: number): number {
  let start = Math.max(0, from);
  while (start > 0 && isOfRun[content[start - 1]!] === 1) start--;
  return Math.max(0, start - ((offset + start) % unitBytes));
}
