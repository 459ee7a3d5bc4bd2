import { closeSync, openSync, readSync, rmSync } from 'node:fs';
import { hashBytesOf, type ObjectFormat } from '@deployguard/git';
import type { ObjectGraph } from '../graph/object-graph.ts';
import type { LoadedPack } from '../history/packs/load-packs.ts';
import { visitEntries } from '../history/packs/visit-entries.ts';
import { describeContentSpooler, type SpooledContents } from './content-spooler.ts';

/** Contents of objects that were read in the order of the packs and are wanted in another. */
export interface ContentSpool extends Disposable {
  /** `undefined` for an object that is not there. */
  read(object: number): Buffer | undefined;
}

export interface SpoolOptions {
  readonly packs: readonly LoadedPack[];
  readonly objectFormat: ObjectFormat;
  readonly graph: ObjectGraph;
  /** By pack: 1 for each entry whose content is wanted. */
  readonly wanted: readonly Uint8Array[];
  /** An empty or own directory, for files that are removed at once. */
  readonly directory: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Unpacks objects into files, each delta tree once. git would make the bases of each object again and again, since what is wanted one after
 * the other seldom stands so in packs; and memory is too small for all.
 */
export async function spoolContents({ packs, objectFormat, graph, wanted, directory, signal }: SpoolOptions): Promise<ContentSpool> {
  const files: number[] = [];
  const fileOf = new Uint8Array(graph.ids.size);
  const offsetOf = new Float64Array(graph.ids.size);
  const lengthOf = new Int32Array(graph.ids.size).fill(-1);
  try {
    await visitEntries({
      packs,
      objectFormat,
      wanted,
      matcher: describeContentSpooler({ directory, idBytes: hashBytesOf(objectFormat) }),
      onGathered: (gathered) => addFile(gathered as SpooledContents),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    close();
    throw error;
  }
  return { read, [Symbol.dispose]: close };

  function addFile({ path, ids, offsets }: SpooledContents): void {
    const file = files.push(openSync(path, 'r')) - 1;
    // Its contents stay as long as it is open, and nothing is left behind whatever happens.
    rmSync(path);
    for (let i = 0; i < offsets.length - 1; i++) {
      const object = graph.ids.find(ids, i * graph.ids.idBytes);
      fileOf[object] = file;
      offsetOf[object] = offsets[i]!;
      lengthOf[object] = offsets[i + 1]! - offsets[i]!;
    }
  }

  function read(object: number): Buffer | undefined {
    const length = lengthOf[object]!;
    if (length === -1) return undefined;
    const content = Buffer.allocUnsafe(length);
    for (let done = 0; done < length;) {
      const got = readSync(files[fileOf[object]!]!, content, done, length - done, offsetOf[object]! + done);
      if (got === 0) throw new Error('A temporary file was cut short.');
      done += got;
    }
    return content;
  }

  function close(): void {
    for (const file of files.splice(0)) closeSync(file);
  }
}
