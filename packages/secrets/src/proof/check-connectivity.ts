import type { Repository } from '@deployguard/git';
import type { ObjectGraph } from '../graph/object-graph.ts';
import { objectKinds } from '../graph/object-graph.ts';
import type { ContentHit, ContentSearch } from './content-search.ts';
import type { ProofCheck } from './proof.ts';

export interface Connectivity {
  readonly check: ProofCheck;
  readonly reachableCount: number;
  /** Values that stand in a path across directories, which no tree shows by itself. Offsets mean nothing here. */
  readonly pathHits: readonly ContentHit[];
}

export interface ConnectivityOptions {
  readonly search: ContentSearch;
  /** Whether the trees, one by one, leave it open that a path holds a value. */
  readonly mayCrossDirectories: boolean;
  /** What all objects lead to, by their own, checked contents. Without it git walks. */
  readonly graph?: ObjectGraph;
}

/** Walks from all refs, HEAD and hidden roots to every object. A value that could stand across directories is looked for in the paths that git names on the way. */
export async function checkConnectivity(
  repository: Repository,
  { search, mayCrossDirectories, graph }: ConnectivityOptions,
): Promise<Connectivity> {
  return graph && !mayCrossDirectories ? walkLinks(repository, graph) : await walkThroughGit(repository, search);
}

function walkLinks({ refs, head, hiddenRoots }: Repository, graph: ObjectGraph): Connectivity {
  const roots = [...refs, ...hiddenRoots].map(({ target }) => target);
  if (head !== undefined && !head.startsWith('refs/')) roots.push(head);
  const objects = roots.map((oid) => graph.ids.findHex(oid));
  const { reachableCount, isWhole } = followLinks(
    graph,
    objects.filter((object) => object !== -1),
  );
  return judge(isWhole && !objects.includes(-1), reachableCount, []);
}

/** `isWhole`: no link leads to an object that is not there. */
function followLinks(graph: ObjectGraph, roots: readonly number[]): { reachableCount: number; isWhole: boolean } {
  const isSeen = new Uint8Array(graph.size);
  // Each object waits once at most.
  const waiting = new Int32Array(graph.size);
  let waitingCount = 0;
  let reachableCount = 0;
  let isWhole = true;
  const see = (object: number): void => {
    if (isSeen[object] === 1) return;
    isSeen[object] = 1;
    if (graph.kind(object) === objectKinds.unknown) isWhole = false;
    else waiting[waitingCount++] = object;
  };
  roots.forEach(see);
  while (waitingCount > 0) {
    const object = waiting[--waitingCount]!;
    reachableCount++;
    const linkCount = graph.linkCount(object);
    for (let position = 0; position < linkCount; position++) see(graph.link(object, position));
  }
  return { reachableCount, isWhole };
}

function judge(isComplete: boolean, reachableCount: number, pathHits: readonly ContentHit[]): Connectivity {
  return {
    reachableCount,
    pathHits,
    check: {
      name: 'connected',
      passed: isComplete && reachableCount > 0,
      details: isComplete ? `all ${reachableCount} objects that the refs lead to are there` : 'the refs lead to objects that are not there',
    },
  };
}

async function walkThroughGit(repository: Repository, search: ContentSearch): Promise<Connectivity> {
  const roots = repository.hiddenRoots.map(({ target }) => `${target}\n`).join('');
  const running = repository.git.start(['rev-list', '--objects', '--all', '--stdin'], { stdin: Buffer.from(roots) });
  const idLength = repository.objectFormat === 'sha1' ? 40 : 64;
  const hits = new Map<string, ContentHit>();
  let reachableCount = 0;
  let kept: Buffer = Buffer.alloc(0);
  for await (const chunk of running.stdout as AsyncIterable<Buffer>) {
    const piece = Buffer.concat([kept, chunk]);
    reachableCount += countLines(piece, kept.length, idLength);
    // Names only one of an object's paths, so this adds to the search of the trees and does not replace it.
    for (const hit of search.searchFlat(piece)) hits.set(`${hit.value} ${hit.form}`, hit);
    kept = Buffer.from(piece.subarray(Math.max(0, piece.length - search.reach)));
  }
  const { exitCode } = await running.done;
  return judge(exitCode === 0, reachableCount, [...hits.values()]);
}

/** Lines that begin with an id; a path may itself hold line feeds. Each is counted by its line feed, at or after `from`. */
function countLines(piece: Buffer, from: number, idLength: number): number {
  let count = 0;
  for (let end = piece.indexOf(0x0a, from); end !== -1; end = piece.indexOf(0x0a, end + 1)) {
    const start = end === 0 ? 0 : piece.lastIndexOf(0x0a, end - 1) + 1;
    const after = piece[start + idLength];
    if (after === 0x0a || after === 0x20) count++;
  }
  return count;
}
