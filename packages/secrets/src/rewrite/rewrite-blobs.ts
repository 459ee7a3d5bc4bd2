import type { GitObject, Repository } from '@deployguard/git';
import { isContainer } from './containers/open-container.ts';
import { isWideText } from './containers/open-wide-text.ts';
import { maxContainerBytes, redactContent } from './containers/redact-container.ts';
import { namePlaces } from './find-paths.ts';
import { joinPieces, peekPieces } from './peek-pieces.ts';
import type { Redactor } from './redact.ts';
import { redactPieces } from './redact-pieces.ts';
import type { RewriteObjectsOptions } from './rewrite-objects.ts';
import type { NotCleanable } from './rewrite-result.ts';

export interface RewriteBlobsOptions extends RewriteObjectsOptions {
  readonly source: Repository;
  readonly redactor: Redactor;
}

/** Something about a file that its user must know. */
export interface BlobNotice extends Pick<NotCleanable, 'what' | 'why'> {
  readonly object: number;
}

/**
 * Puts files without values in the place of those given, in that order. What was stored as a delta of a rewritten file is stored as a delta
 * of its successor. A file that cannot be cleaned stays whole, and is told.
 */
export async function rewriteBlobs(wanted: Iterable<number>, options: RewriteBlobsOptions): Promise<BlobNotice[]> {
  const { graph, plan, objects, sink, writer, dependents, redactor } = options;
  const notices: BlobNotice[] = [];
  const list = listWithDependents(wanted, dependents);
  let next = 0;
  let done = 0;
  for await (const batch of options.readLarge(list.map(({ object }) => object))) {
    for (const blob of batch) {
      const { object, base } = list[next++]!;
      if (base === undefined) {
        await put(object, blob);
        done++;
      } else if (blob.content) writer.add('blob', graph.id(object), blob.content, newIdOf(base));
      else await writer.addPieces('blob', blob.chunks!);
    }
    await writer.waitForRoom();
    options.onProgress?.(done);
  }
  return notices;

  async function put(object: number, blob: GitObject): Promise<void> {
    const content = blob.content ?? (await openLarge(object, blob));
    if (!Buffer.isBuffer(content)) {
      await sink.replacePieces(object, 'blob', content);
      return;
    }
    const redaction = redactContent(content, redactor);
    if (redaction.problem !== undefined)
      notices.push({ object, what: 'archive-member', why: `${redaction.problem} Remove it from the history.` });
    if (redaction.warning !== undefined) notices.push({ object, what: 'archive-seal', why: redaction.warning });
    const result = redaction.content ?? content;
    const base = plan.baseOf(graph.original(object));
    if (blob.content) sink.replace(object, 'blob', result, base === -1 ? undefined : newIdOf(base));
    else await sink.replacePieces(object, 'blob', asPieces(result));
  }

  /** The whole of a container, the new pieces of anything else. */
  async function openLarge(object: number, { size, chunks }: GitObject): Promise<Buffer | AsyncIterable<Buffer>> {
    const { first, pieces } = await peekPieces(chunks!);
    if (isContainer(first) && size <= maxContainerBytes) return await joinPieces(pieces, size);
    if (!isContainer(first) || isWideText(first)) return redactPieces(pieces, redactor);
    const why = `A container of more than ${maxContainerBytes / 2 ** 20} MiB is not packed anew. Remove it from the history.`;
    notices.push({ object, what: 'archive-member', why });
    return pieces;
  }

  function newIdOf(object: number): Buffer {
    const id = graph.id(object);
    if (!sink.patchReplaced(object, id, 0)) objects.patch(id, 0);
    return id;
  }
}

/** `base`: what the object, which stays, is stored as a delta of. */
function listWithDependents(
  wanted: Iterable<number>,
  dependents: RewriteObjectsOptions['dependents'],
): { object: number; base?: number }[] {
  const list: { object: number; base?: number }[] = [];
  for (const object of wanted) {
    list.push({ object }, ...(dependents.get(object) ?? []).map((dependent) => ({ object: dependent, base: object })));
    dependents.delete(object);
  }
  return list;
}

/** Spares the copies that a thread and its compression would make of the whole. */
async function* asPieces(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}

/** The same for users: with a path of each file. */
export async function describeNotices(
  notices: readonly BlobNotice[],
  { source, graph, redactor }: Pick<RewriteBlobsOptions, 'source' | 'graph' | 'redactor'>,
): Promise<NotCleanable[]> {
  const placeOf = await namePlaces(source.git, new Set(notices.map(({ object }) => graph.hex(object))), redactor);
  return notices.map(({ object, what, why }) => ({ what, where: placeOf(graph.hex(object)), why }));
}
