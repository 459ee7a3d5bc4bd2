import { hashBytesOf, type Ref, type Repository } from '@deployguard/git';
import { objectKinds, type ObjectGraph } from '../graph/object-graph.ts';
import type { RewriteResult } from '../rewrite/rewrite-result.ts';
import type { ProofCheck } from './proof.ts';

/** What a cleaned repository is compared with. */
export interface RewriteFacts {
  /** The repository that was cleaned, as it was. */
  readonly source: Repository;
  readonly rewrite: RewriteResult;
}

/** What is known of the delivered repository when its objects have been read. */
export interface DeliveredObjects {
  /** Ids that git lists, one after the other. */
  readonly storedIds: Uint8Array;
  /** What its objects lead to; absent when packs could not be read directly. */
  readonly graph?: ObjectGraph;
}

/** The checks that need the source: that nothing of it was lost, and nothing of what had to go is left. `images`: see `listImages`. */
export async function checkRewrite(
  delivered: Repository,
  facts: RewriteFacts,
  objects: DeliveredObjects,
  images: CommitImages,
): Promise<ProofCheck[]> {
  return [
    checkDropped(facts.rewrite, objects.storedIds),
    checkRefs(delivered.refs, facts),
    checkHead(delivered, facts),
    await checkCommits(delivered, facts, objects, images),
  ];
}

/** No object that had to go may be among those that git lists. */
function checkDropped({ objects, droppedObjects, objectFormat }: RewriteResult, storedIds: Uint8Array): ProofCheck {
  const idBytes = hashBytesOf(objectFormat);
  const suspects = new Set<string>();
  for (let at = 0; at < storedIds.length; at += idBytes) {
    if (!objects.has(storedIds, at) && !droppedObjects.hasId(storedIds, at)) continue;
    suspects.add(Buffer.from(storedIds.buffer, storedIds.byteOffset + at, idBytes).toString('hex'));
  }
  // What one object had to leave may be what another became.
  if (suspects.size > 0) for (const { newOid } of objects.entries()) suspects.delete(newOid);
  return {
    name: 'dropped-objects-missing',
    passed: suspects.size === 0,
    details: `${droppedObjects.size} old objects must be missing; ${suspects.size} are there${listSome([...suspects])}`,
  };
}

/** Every ref of the source must be there under its id or that id's image, and no other ref may be. */
function checkRefs(deliveredRefs: readonly Ref[], { source, rewrite }: RewriteFacts): ProofCheck {
  const delivered = new Map(deliveredRefs.map((ref) => [ref.name, ref.target]));
  const changes = new Map(rewrite.refs.map((change) => [change.oldName, change]));
  const expectedNames = new Set<string>();
  const problems: string[] = [];
  let kept = 0;
  let mapped = 0;
  for (const ref of source.refs) {
    const change = changes.get(ref.name);
    const image = rewrite.objects.get(ref.target) ?? ref.target;
    if (!change || change.oldTarget !== ref.target) problems.push(`ref at ${ref.target} is not accounted for`);
    else if (change.newName === undefined) problems.push(`ref at ${ref.target} is not in the result`);
    else if (change.newTarget !== image) problems.push(`ref at ${ref.target} leads to an object that is not its image`);
    else if (delivered.get(change.newName) !== image) problems.push(`ref at ${ref.target} does not lead to ${image} in the result`);
    else {
      expectedNames.add(change.newName);
      if (image === ref.target) kept++;
      else mapped++;
    }
  }
  const extra = deliveredRefs.filter((ref) => !expectedNames.has(ref.name)).length;
  if (extra > 0) problems.push(`${extra} refs of the result are not the source's`);
  return {
    name: 'refs-accounted',
    passed: problems.length === 0,
    details: `${source.refs.length} refs of the source: ${kept} keep their id, ${mapped} lead to the rewritten object` + listSome(problems),
  };
}

function checkHead(delivered: Repository, { source, rewrite }: RewriteFacts): ProofCheck {
  const change = rewrite.refs.find((ref) => ref.oldName === source.head);
  const isDetached = source.head !== undefined && !source.head.startsWith('refs/');
  const expected = source.head === undefined ? undefined : isDetached ? (rewrite.objects.get(source.head) ?? source.head) : change?.newName;
  return {
    name: 'head-kept',
    passed: delivered.head === expected || (expected === undefined && delivered.head === undefined),
    details: delivered.head === expected ? 'HEAD is what it was, or its image' : 'HEAD does not lead where it did',
  };
}

/** What the source's commits became. */
export interface CommitImages {
  readonly sourceCount: number;
  readonly oids: ReadonlySet<string>;
}

export async function listImages({ source, rewrite }: RewriteFacts): Promise<CommitImages> {
  const kept = new Set(rewrite.refs.filter((ref) => ref.newName !== undefined).map((ref) => ref.oldName));
  const oids = new Set<string>();
  let sourceCount = 0;
  for await (const oid of listCommits(source, ({ name }) => kept.has(name))) {
    oids.add(rewrite.objects.get(oid) ?? oid);
    sourceCount++;
  }
  return { sourceCount, oids };
}

/** The commits of the result must be exactly the images of the source's: none lost, none added. */
async function checkCommits(
  delivered: Repository,
  { rewrite }: RewriteFacts,
  { graph }: DeliveredObjects,
  { sourceCount, oids }: CommitImages,
): Promise<ProofCheck> {
  let deliveredCount = 0;
  let foreign = 0;
  for await (const oid of graph
    ? listGraphCommits(
        graph,
        listRoots(delivered, () => true),
      )
    : listCommits(delivered, () => true)) {
    deliveredCount++;
    if (!oids.has(oid)) foreign++;
  }
  const merged = sourceCount - oids.size;
  return {
    name: 'commits-kept',
    passed: foreign === 0 && deliveredCount === oids.size && deliveredCount === rewrite.commitCount,
    details:
      `${sourceCount} commits of the source, ${deliveredCount} of the result` +
      `${merged > 0 ? `, ${merged} became equal to another` : ''}${foreign > 0 ? `, ${foreign} of unknown origin` : ''}`,
  };
}

/** The commits that roots lead to, by the links of the objects themselves. */
function* listGraphCommits(graph: ObjectGraph, roots: readonly string[]): Generator<string> {
  const isSeen = new Uint8Array(graph.size);
  const open = roots.map((oid) => graph.ids.findHex(oid));
  for (let object = open.pop(); object !== undefined; object = open.pop()) {
    if (object === -1 || isSeen[object] === 1) continue;
    isSeen[object] = 1;
    const kind = graph.kind(object);
    if (kind !== objectKinds.commit && kind !== objectKinds.tag) continue;
    if (kind === objectKinds.commit) yield graph.hex(object);
    for (let position = 0; position < graph.linkCount(object); position++) open.push(graph.link(object, position));
  }
}

/** All commits that refs, a detached HEAD and older stash entries lead to. */
async function* listCommits(repository: Repository, isKept: (ref: Ref) => boolean): AsyncGenerator<string> {
  const roots = listRoots(repository, isKept);
  if (roots.length === 0) return;
  const running = repository.git.start(['rev-list', '--stdin'], { stdin: Buffer.from(roots.map((oid) => `${oid}\n`).join('')) });
  let rest = '';
  for await (const chunk of running.stdout as AsyncIterable<Buffer>) {
    const oids = (rest + chunk.toString('latin1')).split('\n');
    rest = oids.pop()!;
    yield* oids;
  }
  const { exitCode } = await running.done;
  // A walk that broke off must not pass for a short history.
  if (exitCode !== 0) yield 'broken';
}

function listRoots({ refs, head, hiddenRoots }: Repository, isKept: (ref: Ref) => boolean): string[] {
  const roots = [...refs.filter(isKept), ...hiddenRoots.filter(({ name }) => name.startsWith('refs/stash@'))].map(({ target }) => target);
  if (head !== undefined && !head.startsWith('refs/')) roots.push(head);
  return [...new Set(roots)];
}

/** The first few, for a person; ids and fixed words only. */
export function listSome(items: readonly string[]): string {
  if (items.length === 0) return '';
  const shown = items.slice(0, 5).join('; ');
  return `: ${shown}${items.length > 5 ? `; and ${items.length - 5} more` : ''}`;
}
