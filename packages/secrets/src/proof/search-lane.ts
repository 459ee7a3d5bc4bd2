import { createGit } from '@deployguard/git';
import { createObjectInspector, type InspectionInput, type InspectionResult } from './inspect-objects.ts';
import { visitObjects } from './visit-objects.ts';
import type { ObjectHead } from './visit-objects.ts';

/** One share of the objects to read, as plain data: it may be worked on in another thread. */
export interface LaneInput extends InspectionInput {
  readonly gitDir: string;
  readonly homeDirectory: string;
  /** Ids one after the other, as bytes. */
  readonly oids: Uint8Array;
}

const maxBufferedBytes = 64 * 1024 * 1024;
/** Telling another thread of each object would cost more than searching it. */
const bytesPerProgress = 4 * 1024 * 1024;

/** Reads the objects through git, checks that each is what its id says, and searches all of it. */
export async function searchLane(
  input: LaneInput,
  onProgress: (objects: number, bytes: number) => void,
  signal?: AbortSignal,
): Promise<InspectionResult> {
  const git = createGit({ gitDir: input.gitDir, homeDirectory: input.homeDirectory });
  const { result, inspect, inspectPieces } = createObjectInspector(input);
  const progress = { objects: 0, bytes: 0 };
  const asked = listOids(input);
  await visitObjects(
    git,
    listOids(input),
    {
      onObject(head, content) {
        inspect({ ...head, id: Buffer.from(head.oid, 'hex') }, content);
        finish(head);
      },
      onLargeObject(head) {
        const pieces = inspectPieces(head);
        return {
          onPiece: pieces.onPiece,
          onEnd() {
            pieces.onEnd();
            finish(head);
          },
        };
      },
      onMissing(oid) {
        asked.next();
        result.missing.push(oid);
      },
    },
    { maxBufferedBytes, ...(signal && { signal }) },
  );
  onProgress(progress.objects, progress.bytes);
  return result;

  function finish({ oid, size }: ObjectHead): void {
    if (asked.next().value !== oid) result.misnamed.push(oid);
    progress.objects++;
    progress.bytes += size;
    if (progress.bytes < bytesPerProgress) return;
    onProgress(progress.objects, progress.bytes);
    progress.objects = 0;
    progress.bytes = 0;
  }
}

function* listOids({ oids, objectFormat }: LaneInput): Generator<string> {
  const hashBytes = objectFormat === 'sha1' ? 20 : 32;
  const buffer = Buffer.from(oids.buffer, oids.byteOffset, oids.byteLength);
  for (let at = 0; at < buffer.length; at += hashBytes) yield buffer.toString('hex', at, at + hashBytes);
}
