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
  /** Of the whole build; what comes after it is dropped, with a remark. */
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

export function createBuildLog({ onLine, mask, maxBytes }: BuildLogOptions): BuildLog {
  const clean = createLineCleaner({ mask });
  const last: string[] = [];
  let bytes = 0;

  function emit(line: BuildLogLine): void {
    if (line.stream !== 'system') {
      last.push(line.text);
      if (last.length > keptLines) last.shift();
      const isFull = bytes > maxBytes;
      bytes += Buffer.byteLength(line.text) + 1;
      if (isFull) return;
      if (bytes > maxBytes)
        return onLine({ stream: 'system', text: `The build printed more than ${maxBytes} bytes: the rest is not kept.` });
    }
    onLine(line);
  }

  return {
    remark: (text) => emit({ stream: 'system', text: clean(text) }),
    openStream: (stream) => {
      last.length = 0;
      return createLineSplitter({ onLine: (text) => emit({ stream, text }), clean });
    },
    lastLines: () => [...last],
  };
}
