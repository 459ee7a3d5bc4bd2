import { open } from 'node:fs/promises';

/** The bytes of one plain report, readable at any place: a file, or what is in memory. */
export interface ReportBytes extends AsyncDisposable {
  readonly byteLength: number;
  /** Fills `target` from `position` on, as far as there is something; answers how many bytes it wrote. */
  read(target: Buffer, position: number): Promise<number>;
  /** The files of an archive that holds several; it has no bytes of its own. */
  readonly members?: readonly ReportBytes[];
}

/** Throws the file system's own error when the file cannot be read. */
export async function openReportFile(path: string): Promise<ReportBytes> {
  const handle = await open(path, 'r');
  const { size } = await handle.stat();
  return {
    byteLength: size,
    async read(target, position) {
      let filled = 0;
      while (filled < target.length) {
        const { bytesRead } = await handle.read(target, filled, target.length - filled, position + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return filled;
    },
    [Symbol.asyncDispose]: () => handle.close(),
  };
}

/** A report that is in memory already. */
export function holdReport(content: Buffer): ReportBytes {
  return {
    byteLength: content.length,
    read: (target, position) => Promise.resolve(content.copy(target, 0, position)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
