import { randomUUID } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { extname, join } from 'node:path';
import { createVisitor, type Matcher, type MatcherSource } from '../history/packs/matcher.ts';

/** This file; compiled, its code may stand in another one that it shares with others. */
const moduleUrl = new URL(`./content-spooler${extname(import.meta.filename)}`, import.meta.url).href;

/** Contents that a thread has written to a file, one after the other. */
export interface SpooledContents {
  readonly path: string;
  /** Of the objects, one after the other. */
  readonly ids: Uint8Array;
  /** Where each content begins; one more for where the last one ends. */
  readonly offsets: Float64Array;
}

export interface SpoolerOptions {
  readonly directory: string;
  readonly idBytes: number;
}

/** Writing contents to files, as something that threads can build. */
export function describeContentSpooler(options: SpoolerOptions): MatcherSource {
  return { module: moduleUrl, create: createContentSpooler.name, options };
}

const bufferBytes = 1 << 20;

export function createContentSpooler({ directory, idBytes }: SpoolerOptions): Matcher {
  const buffer = Buffer.allocUnsafe(bufferBytes);
  let buffered = 0;
  let file: { readonly path: string; readonly descriptor: number } | undefined;
  let ids: Buffer = Buffer.alloc(1024 * idBytes);
  let offsets = new Float64Array(1025);
  let count = 0;

  return createVisitor({
    visit(_type, id, content) {
      if (count + 1 === offsets.length) grow();
      ids.set(id, count * idBytes);
      offsets[count + 1] = offsets[count]! + content.length;
      count++;
      if (content.length > bufferBytes - buffered) flush();
      if (content.length > bufferBytes) write(content);
      else buffered += content.copy(buffer, buffered);
    },
    takeGathered() {
      if (!file && count === 0) return undefined;
      flush();
      closeSync(file!.descriptor);
      const gathered: SpooledContents = {
        path: file!.path,
        ids: ids.subarray(0, count * idBytes),
        offsets: offsets.subarray(0, count + 1),
      };
      file = undefined;
      ids = Buffer.alloc(1024 * idBytes);
      offsets = new Float64Array(1025);
      count = 0;
      return gathered;
    },
  });

  function flush(): void {
    write(buffer.subarray(0, buffered));
    buffered = 0;
  }

  function write(bytes: Buffer): void {
    file ??= openSpool(directory);
    for (let done = 0; done < bytes.length;) done += writeSync(file.descriptor, bytes, done);
  }

  function grow(): void {
    ids = Buffer.concat([ids, Buffer.alloc(ids.length)]);
    const longer = new Float64Array(2 * offsets.length - 1);
    longer.set(offsets);
    offsets = longer;
  }
}

function openSpool(directory: string): { path: string; descriptor: number } {
  const path = join(directory, `contents-${randomUUID()}`);
  return { path, descriptor: openSync(path, 'wx', 0o600) };
}
