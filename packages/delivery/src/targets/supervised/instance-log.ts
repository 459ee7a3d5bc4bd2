import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import { createLineCleaner } from '../../logs/line-cleaner.ts';
import { createLineSplitter } from '../../logs/line-splitter.ts';
import type { LogLine } from '../target.ts';

export interface InstanceLog {
  /** Takes what a stream printed, in pieces of any size. */
  add(stream: 'stdout' | 'stderr', chunk: Uint8Array): void;
  /** Writes the beginnings of lines that nobody ended. */
  flush(): void;
  /** A remark of the target. */
  remark(text: string): void;
  close(): void;
}

export interface InstanceLogOptions {
  readonly path: string;
  /** Of both files, the current one and the one before it. */
  readonly maxBytes: number;
  /** Of one second; what is more is counted and left out. */
  readonly maxBytesPerSecond: number;
  readonly mask: readonly string[];
}

/** A line of the file: time, stream, text. What an application prints has no line ends left in it by then. */
function formatLogLine({ at, stream, text }: LogLine): string {
  return `${at} ${stream} ${text}\n`;
}

/** Time and stream before each line, and what ends it. */
const bytesAroundLine = 33;

/** The log of an instance: whole lines, clean and masked, in two files of which the older one goes when the newer one is full. */
export function openInstanceLog({ path, maxBytes, maxBytesPerSecond, mask }: InstanceLogOptions): InstanceLog {
  const clean = createLineCleaner({ mask });
  let file = openSync(path, 'a', 0o600);
  let size = fstatSync(file).size;
  let second = 0;
  let bytesInSecond = 0;
  let leftOut = 0;

  const splitters = {
    stdout: createLineSplitter({ clean, onLine: (text) => write('stdout', text) }),
    stderr: createLineSplitter({ clean, onLine: (text) => write('stderr', text) }),
  };

  function write(stream: LogLine['stream'], text: string): void {
    const now = Date.now();
    const thisSecond = Math.floor(now / 1000);
    if (thisSecond !== second) {
      second = thisSecond;
      bytesInSecond = 0;
      tellLeftOut();
    }
    bytesInSecond += bytesAroundLine + text.length;
    if (bytesInSecond > maxBytesPerSecond && stream !== 'system') leftOut++;
    else append({ at: new Date(now).toISOString(), stream, text });
  }

  function tellLeftOut(): void {
    if (leftOut === 0) return;
    const text = `${leftOut} lines are left out: the application printed more than ${maxBytesPerSecond} bytes in a second.`;
    leftOut = 0;
    append({ at: new Date().toISOString(), stream: 'system', text });
  }

  function append(line: LogLine): void {
    const bytes = Buffer.from(formatLogLine(line));
    try {
      if (size > 0 && size + bytes.length > maxBytes / 2) rotate();
      writeSync(file, bytes);
      size += bytes.length;
    } catch {
      // A full disk takes the line, not the application.
    }
  }

  /** All stays as it is where there is no room for another file. */
  function rotate(): void {
    const next = openSync(`${path}.new`, 'w', 0o600);
    try {
      renameSync(path, `${path}.1`);
      renameSync(`${path}.new`, path);
    } catch (error) {
      closeSync(next);
      throw error;
    }
    closeSync(file);
    [file, size] = [next, 0];
  }

  const flush = (): void => {
    splitters.stdout.end();
    splitters.stderr.end();
    tellLeftOut();
  };
  return {
    add: (stream, chunk) => splitters[stream].add(chunk),
    flush,
    remark: (text) => write('system', clean(text)),
    close() {
      flush();
      closeSync(file);
    },
  };
}
