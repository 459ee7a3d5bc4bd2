import { StringDecoder } from 'node:string_decoder';

export interface LineSplitterOptions {
  readonly onLine: (text: string) => void;
  /** Makes a line safe to keep and show: see `createLineCleaner`. */
  readonly clean: (line: string) => string;
}

/** Bytes in pieces of any size; whole, clean lines out. */
export interface LineSplitter {
  add(chunk: Uint8Array): void;
  /** Hands out what stands after the last line end. */
  end(): void;
}

/** A line that never ends must not fill the memory; it is cut where nothing that is masked can lie across the cut. */
const maxPendingCharacters = 256 * 1024;

/** Splits output into lines. A carriage return alone ends a line too: progress bars use it. */
export function createLineSplitter({ onLine, clean }: LineSplitterOptions): LineSplitter {
  const decoder = new StringDecoder('utf8');
  let pending = '';
  let isTooLong = false;

  function take(text: string): void {
    const lines = (pending + text).split(/\r?\n|\r(?=[^\n])/);
    pending = lines.pop()!;
    for (const line of lines) emit(line);
    if (pending.length <= maxPendingCharacters) return;
    emit(pending);
    // The rest of the line: whatever stands at the cut would be half a secret.
    isTooLong = true;
    pending = '';
  }

  function emit(line: string): void {
    if (!isTooLong) onLine(clean(line));
    isTooLong = false;
  }

  return {
    add: (chunk) => take(decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))),
    end() {
      take(decoder.end());
      if (pending !== '') emit(pending);
      pending = '';
    },
  };
}
