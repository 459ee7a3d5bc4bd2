import { createLineCleaner } from '../logs/line-cleaner.ts';
import { createLineSplitter } from '../logs/line-splitter.ts';

/** One line of what a build printed: safe to show, secrets masked. */
export interface BuildLogLine {
  /** `system`: a remark of the builder itself. */
  readonly stream: 'stdout' | 'stderr' | 'system';
  readonly text: string;
}

export interface BuildLogOptions {
  readonly onLine: (line: BuildLogLine) => void;
  /** Values that must not be shown. */
  readonly mask: readonly string[];
  /** Of the whole build, 64 more for each line; what comes after it is left out but for the end of each program's output, with remarks. */
  readonly maxBytes: number;
}

export interface BuildLog {
  remark(text: string): void;
  /** Takes the output of one program; call `end` of it when the program has ended. */
  openStream(stream: 'stdout' | 'stderr'): { add(chunk: Uint8Array): void; end(): void };
  /** Of the program whose output was taken last, for an error that has to say what happened. */
  lastLines(): readonly string[];
}

const keptLines = 20;
/** What it takes to keep a line, an empty one too. */
const bytesAroundLine = 64;

export function createBuildLog({ onLine, mask, maxBytes }: BuildLogOptions): BuildLog {
  const clean = createLineCleaner({ mask });
  const last: string[] = [];
  const end: BuildLogLine[] = [];
  let leftOut = 0;
  let bytes = 0;

  function emit(line: BuildLogLine): void {
    last.push(line.text);
    if (last.length > keptLines) last.shift();
    const isFull = bytes > maxBytes;
    bytes += Buffer.byteLength(line.text) + bytesAroundLine;
    if (bytes <= maxBytes) return onLine(line);
    if (!isFull) remark(`The build printed more than ${maxBytes} bytes: of the rest only the end is kept.`);
    end.push(line);
    if (end.length <= keptLines) return;
    end.shift();
    leftOut++;
  }

  function remark(text: string): void {
    onLine({ stream: 'system', text });
  }

  function emitEnd(): void {
    if (leftOut > 0) remark(`${leftOut} ${leftOut === 1 ? 'line is' : 'lines are'} left out here.`);
    leftOut = 0;
    for (const line of end.splice(0)) onLine(line);
  }

  return {
    remark: (text) => remark(clean(text)),
    openStream: (stream) => {
      last.length = 0;
      const splitter = createLineSplitter({ onLine: (text) => emit({ stream, text }), clean });
      return {
        add: splitter.add,
        end() {
          splitter.end();
          emitEnd();
        },
      };
    },
    lastLines: () => [...last],
  };
}
