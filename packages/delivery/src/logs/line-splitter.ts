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
  /** Whether it ends the line alone, what comes next says. */
  let endsInReturn = false;
  let isTooLong = false;

  function take(text: string): void {
    if (text === '') return;
    const whole = endsInReturn ? `\r${text}` : text;
    endsInReturn = whole.endsWith('\r');
    const lines = whole.slice(0, endsInReturn ? -1 : undefined).split(/\r\n?|\n/);
    const rest = lines.pop()!;
    for (const line of lines) {
      emit(pending + line);
      pending = '';
    }
    // Of what is pending only the length is looked at: in small pieces a long line would be read again with each.
    pending += rest;
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
      if (pending !== '' || endsInReturn) emit(pending);
      pending = '';
      endsInReturn = false;
    },
  };
}
