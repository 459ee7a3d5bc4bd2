import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, readSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Anchors that were worked out before, as a file. The build writes it beside the compiled code. Source code has one beside the kernel, which counts
 * until a source changes that it was made by.
 */
const isSource = import.meta.filename.endsWith('.ts');
const file = isSource ? join(import.meta.dirname, '..', '..', 'build', 'anchors.bin') : join(import.meta.dirname, 'anchors.bin');
const sources = isSource ? [import.meta.dirname, join(import.meta.dirname, '..', 'rules')] : [];

/** In memory that threads can share. Undefined where there are none that can be read, or they may be those of other rules. */
export function readKeptAnchors(): Uint8Array | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return undefined;
  }
  try {
    const { size, mtimeMs } = fstatSync(descriptor);
    if (isSource && findNewestChange() >= mtimeMs) return undefined;
    const bytes = new Uint8Array(new SharedArrayBuffer(size));
    return readSync(descriptor, bytes) === bytes.length ? bytes : undefined;
  } finally {
    closeSync(descriptor);
  }
}

/** For the next process that runs the same source code. Where it cannot be written, each of them works them out. */
export function keepAnchors(encoded: Uint8Array): void {
  // What was changed since may not be what was loaded.
  if (!isSource || findNewestChange() >= performance.timeOrigin) return;
  // Written beside and renamed: whoever reads meanwhile gets the old one or the new one.
  const partial = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(partial, encoded);
    renameSync(partial, file);
  } catch {
    rmSync(partial, { force: true });
  }
}

/** By the clock of the file system, in milliseconds. */
function findNewestChange(): number {
  const entries = sources.flatMap((directory) => readdirSync(directory, { recursive: true, withFileTypes: true }));
  return Math.max(0, ...entries.map(({ parentPath, name }) => statSync(join(parentPath, name)).mtimeMs));
}
