import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { createLineCleaner } from '../../logs/line-cleaner.ts';
import type { LogLine, LogOptions } from '../target.ts';

const pollMs = 150;
const chunkBytes = 64 * 1024;

/** Lines of an instance's log, oldest first; with `follow`, also what comes until `hasEnded` says that nothing will. */
export async function* readInstanceLog(path: string, options: LogOptions, hasEnded: () => boolean): AsyncGenerator<LogLine> {
  const { last, since, mask = [], signal } = options;
  const clean = createLineCleaner({ mask });
  const show = (line: LogLine): LogLine => ({ ...line, text: clean(line.text) });
  const isWanted = (line: LogLine): boolean => since === undefined || line.at > since;

  const reader = createLogReader(path);
  try {
    yield* (await reader.read(isWanted, last)).map(show);
    if (options.follow !== true) return;
    while (!isAborted(signal)) {
      // Asked first: what is written before the end is read after the answer.
      const isLast = hasEnded();
      yield* (await reader.read(isWanted)).map(show);
      if (isLast) return;
      await delay(pollMs, undefined, signal === undefined ? {} : { signal }).catch(() => {});
    }
  } finally {
    reader.close();
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted ?? false;
}

interface LogReader {
  /** The wanted lines since it stopped, or the last of them. */
  read(isWanted: (line: LogLine) => boolean, last?: number): Promise<LogLine[]>;
  close(): void;
}

/** Reads on where it stopped, also when the file was moved aside meanwhile; a log that is large is read in pieces, between which others have their turn. */
function createLogReader(path: string): LogReader {
  let file = open(`${path}.1`) ?? open(path);
  let rest: Buffer = Buffer.alloc(0);

  async function read(isWanted: (line: LogLine) => boolean, last = Infinity): Promise<LogLine[]> {
    let lines: LogLine[] = [];
    const take = async (from: number): Promise<void> => {
      for (let piece = takePiece(from); piece !== undefined; piece = takePiece(from)) {
        for (const line of piece) if (isWanted(line)) lines.push(line);
        if (lines.length > last) lines = lines.slice(lines.length - last);
        await nextTurn();
      }
    };
    while (true) {
      file ??= open(path);
      if (file === undefined) return lines;
      await take(file);
      // Looked up after the end was reached: what was written before the move has been read, or will be now.
      const next = open(path);
      if (next === undefined) return lines;
      if (sameFile(file, next)) {
        closeSync(next);
        return lines;
      }
      await take(file);
      closeSync(file);
      file = next;
    }
  }

  /** The lines of the next piece; undefined at the end. Lines are written whole, and are taken whole: no character is cut in two. */
  function takePiece(from: number): LogLine[] | undefined {
    const buffer = Buffer.allocUnsafe(chunkBytes);
    const count = readSync(from, buffer, 0, chunkBytes, null);
    if (count === 0) return undefined;
    const bytes = Buffer.concat([rest, buffer.subarray(0, count)]);
    const end = bytes.lastIndexOf('\n') + 1;
    rest = bytes.subarray(end);
    const texts = bytes.toString('utf8', 0, end).split('\n');
    return texts.flatMap((text) => parseLogLine(text) ?? []);
  }

  return {
    read,
    close() {
      if (file !== undefined) closeSync(file);
    },
  };
}

function open(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}

function sameFile(one: number, other: number): boolean {
  const [first, second] = [fstatSync(one), fstatSync(other)];
  return first.ino === second.ino && first.dev === second.dev;
}

function parseLogLine(text: string): LogLine | undefined {
  const parts = /^(\S+) (stdout|stderr|system) (.*)$/s.exec(text);
  return parts === null ? undefined : { at: parts[1]!, stream: parts[2] as LogLine['stream'], text: parts[3]! };
}
