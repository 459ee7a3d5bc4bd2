import { parentPort, workerData } from 'node:worker_threads';
import { GitError } from './git-error.ts';
import { PackBuilder } from './pack-builder.ts';
import { hashBytesOf } from './object-type.ts';
import { packEntryTypes } from './pack-entry.ts';
import { batchFields } from './pack-writer.ts';
import type { PackAnswer, PackOutcome, PackRequest, PackWriterOptions } from './pack-writer.ts';

type FieldsOfOne = [kind: number, idAt: number, contentAt: number, contentEnd: number, likeIdAt: number];

const options = workerData as PackWriterOptions;
const idBytes = hashBytesOf(options.objectFormat);
const builder = new PackBuilder(options.directory, options.objectFormat);

parentPort!.on('message', (request: PackRequest) => {
  try {
    answer({ kind: 'done', ...serve(request) });
  } catch (error) {
    answer({ kind: 'failed', error: error instanceof Error ? error : new Error(String(error)), ...describe(error) });
  }
});

/** What a thread does not hand over with an error: its class and its own properties. */
function describe(error: unknown): Pick<Extract<PackAnswer, { kind: 'failed' }>, 'code' | 'systemCall'> {
  if (error instanceof GitError) return { code: error.code };
  if (!(error instanceof Error) || !('errno' in error)) return {};
  const { errno, code, syscall, path } = error as NodeJS.ErrnoException;
  return { systemCall: { errno, code, syscall, path } };
}

function answer(message: PackAnswer): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window
  parentPort!.postMessage(message);
}

function serve(request: PackRequest): PackOutcome {
  switch (request.kind) {
    case 'finish':
      return { pack: builder.finish() };
    case 'addFile':
      return { id: builder.addFile(request.type, request.path) };
    case 'copy':
      builder.copyEntries(
        { ...request.source, ids: Buffer.from(request.source.ids.buffer, request.source.ids.byteOffset, request.source.ids.length) },
        request.isKept,
      );
      return {};
    case 'add': {
      const { fields } = request.batch;
      const bytes = Buffer.from(request.batch.bytes.buffer);
      for (let at = 0; at < fields.length; at += batchFields) {
        const [kind, idAt, contentAt, contentEnd, likeIdAt] = fields.subarray(at, at + batchFields) as unknown as FieldsOfOne;
        const likeId = likeIdAt === -1 ? undefined : bytes.subarray(likeIdAt, likeIdAt + idBytes);
        builder.add(packEntryTypes[kind]!, bytes.subarray(idAt, idAt + idBytes), bytes.subarray(contentAt, contentEnd), likeId);
      }
      return {};
    }
  }
}
