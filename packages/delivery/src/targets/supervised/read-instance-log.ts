import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
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
    const kept = reader.read().filter(isWanted);
    yield* (last === undefined ? kept : kept.slice(-last || kept.length)).map(show);
    if (options.follow !== true) return;
    while (!isAborted(signal)) {
      // Asked first: what is written before the end is read after the answer.
      const isLast = hasEnded();
      yield* reader.read().filter(isWanted).map(show);
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

/** Reads on where it stopped, also when the file was moved aside meanwhile. */
function createLogReader(path: string): { read(): LogLine[]; close(): void } {
  let file = open(`${path}.1`) ?? open(path);
  let rest = '';

  function read(): LogLine[] {
    const lines: LogLine[] = [];
    while (true) {
      file ??= open(path);
      if (file === undefined) return lines;
      for (const line of take(file)) lines.push(line);
      // Looked up after the end was reached: what was written before the move has been read, or will be now.
      const next = open(path);
      if (next === undefined) return lines;
      if (sameFile(file, next)) {
        closeSync(next);
        return lines;
      }
      for (const line of take(file)) lines.push(line);
      closeSync(file);
      file = next;
    }
  }

  function take(from: number): LogLine[] {
    const pieces: Buffer[] = [];
    while (true) {
      const buffer = Buffer.allocUnsafe(chunkBytes);
      const count = readSync(from, buffer, 0, chunkBytes, null);
      if (count === 0) break;
      pieces.push(buffer.subarray(0, count));
    }
    // Lines are written in one piece, so no character is cut in two.
    const texts = (rest + Buffer.concat(pieces).toString('utf8')).split('\n');
    rest = texts.pop()!;
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
