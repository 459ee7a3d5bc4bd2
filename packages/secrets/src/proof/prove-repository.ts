import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { displayName, findSource, openLocalRepository } from '@deployguard/git';
import type { Ref, Repository } from '@deployguard/git';
import { checkConnectivity } from './check-connectivity.ts';
import { checkRewrite, listSome } from './check-rewrite.ts';
import type { RewriteFacts } from './check-rewrite.ts';
import { createContentSearch } from './content-search.ts';
import type { ContentHit, ContentSearch } from './content-search.ts';
import { digestRefs } from './digest-refs.ts';
import type { FoundPlace, MapFile, Proof, ProofCheck, ProvenRewrite, Searched } from './proof.ts';
import { abortedError, ProofError } from './proof-error.ts';
import { searchGitDirectory } from './search-git-directory.ts';
import type { GitDirectorySearchResult } from './search-git-directory.ts';
import { searchObjects } from './search-objects.ts';
import type { ObjectSearchResult } from './search-objects.ts';
import { buildValueNeedles, listFormsLeftOut, minValueBytes } from './value-needles.ts';
import { writeRewriteMaps } from './write-rewrite-maps.ts';

/** A value that must not be there, with the keyed hash under which the proof names it. */
export interface ValueToProve {
  /** Latin-1, one character a byte. */
  readonly value: string;
  readonly hash: string;
}

export interface ProveOptions {
  /** What the proof calls the repository. */
  readonly name: string;
  readonly tool: { readonly name: string; readonly version: string };
  readonly now: Date;
  readonly values: readonly ValueToProve[];
  readonly workDirectory: string;
  /** What the repository was made of. Without it only its content is proved. */
  readonly facts?: RewriteFacts;
  /** Where to write the maps from old to new ids; needs `facts`. */
  readonly mapsDirectory?: string;
  /**
   * Objects that were searched for all these values in all forms before. They are not read again, and the proof says so and repeats
   * `statement`. Without it every object is read.
   */
  readonly alreadySearched?: { readonly has: (oid: string) => boolean; readonly statement: string };
  /** Threads that search. Default: one a processor, at most 4. */
  readonly lanes?: number;
  readonly onProgress?: (progress: ProveProgress) => void;
  readonly signal?: AbortSignal;
}

export interface ProveProgress {
  /** Objects. */
  readonly done: number;
  readonly total: number;
  readonly bytes: number;
}

const maxListed = 1000;

/**
 * Proves that none of the values is in a repository (a bare or other git directory, or a bundle), in any form, in any object (reachable or not), ref name or file.
 *
 * Independent of scan and rewriting: objects are read through git, from a fresh repository that borrows the proved one's objects, so
 * that no setting or left-over of the proved one takes part; forms and search are the proof's own. Whatever cannot be read, counted or
 * explained fails the proof. Throws `ProofError` when there is nothing to prove, `GitError` when the directory is no repository.
 */
export async function proveRepository(path: string, options: ProveOptions): Promise<Proof> {
  assertProvable(options);
  const source = await findSource(path);
  await using repository = await openLocalRepository(path, {
    workDirectory: options.workDirectory,
    ...(options.signal && { signal: options.signal }),
  });
  const homeDirectory = await mkdtemp(join(options.workDirectory, 'prove-'));
  try {
    // A bundle has no files but its pack; what git made of it stands in the fresh repository.
    const directory = source.kind === 'directory' ? source.commonDir : repository.gitDir;
    return await proveOpened(directory, repository, homeDirectory, options);
  } finally {
    await rm(homeDirectory, { recursive: true, force: true });
  }
}

function assertProvable({ values, facts }: ProveOptions): void {
  // A cleaning that only removed paths still has its refs, commits and dropped objects to be proved.
  if (values.length === 0 && !facts)
    throw new ProofError('NOTHING_TO_PROVE', 'No value was given: there is nothing to prove the absence of.');
  if (values.some(({ value }) => value.length < minValueBytes)) {
    throw new ProofError(
      'VALUE_TOO_SHORT',
      `A value is shorter than ${minValueBytes} bytes: it stands in any repository by chance. Leave it out.`,
    );
  }
}

async function proveOpened(gitDir: string, repository: Repository, homeDirectory: string, options: ProveOptions): Promise<Proof> {
  const values = options.values.map(({ value }) => value);
  const search = createContentSearch(values);
  const showName = (name: string): string => maskName(name, search);
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([stop.signal, options.signal]) : stop.signal;
  const tasks = [
    searchObjects(repository, {
      values,
      homeDirectory,
      maxListed,
      signal,
      lanes: options.lanes ?? Math.min(4, availableParallelism()),
      ...(options.alreadySearched && { skip: options.alreadySearched.has }),
      ...(options.onProgress && { onProgress: (done, total, bytes) => options.onProgress!({ done, total, bytes }) }),
    }),
    searchGitDirectory(gitDir, search),
    checkConnectivity(repository, search),
    options.facts ? checkRewrite(repository, options.facts) : [],
    options.facts && options.mapsDirectory ? writeRewriteMaps(options.mapsDirectory, options.facts.rewrite, showName) : [],
  ] as const;
  const [objects, directory, connectivity, rewriteChecks, maps] = await Promise.all(tasks).catch(async (error: unknown) => {
    // None may go on working in directories that are about to be removed.
    stop.abort();
    await Promise.allSettled(tasks);
    throw error;
  });
  if (signal.aborted) throw abortedError();
  const places = [
    ...objects.hits.map((hit) => describePlace(hit, `${hit.type} ${hit.oid}`, options, showName)),
    ...directory.hits.map((hit) => describePlace(hit, `file ${hit.path}`, options, showName)),
    ...searchNames(repository.refs, search).map((hit) => describePlace(hit, 'ref name', options, showName)),
    ...connectivity.pathHits.map((hit) => describePlace(hit, 'path', options, showName)),
  ];
  const foundCount = places.length - objects.hits.length + objects.hitCount;
  const checks = [
    checkReading(objects, connectivity.reachableCount, options),
    { name: 'no-value-found', passed: foundCount === 0, details: `${values.length} values in all forms; ${foundCount} places hold one` },
    ...checkDirectory(directory, repository, options),
    checkStore(directory, objects),
    connectivity.check,
    ...rewriteChecks,
  ];
  return {
    format: 'deployguard-proof/1',
    tool: options.tool,
    createdAt: options.now.toISOString(),
    repository: {
      name: options.name,
      objectFormat: repository.objectFormat,
      refCount: repository.refs.length,
      refsDigest: digestRefs(repository.refs),
      head: repository.head === undefined ? null : showName(repository.head),
    },
    verdict: checks.every(({ passed }) => passed) ? 'proven' : 'failed',
    coverage: options.alreadySearched ? 'new-objects' : 'every-object',
    ...(options.alreadySearched && { evidence: `${options.alreadySearched.statement} (${objects.skippedCount} objects)` }),
    checks,
    searched: describeSearched(objects, directory, options),
    found: { count: foundCount, places: places.slice(0, maxListed) },
    limitations: {
      unopenedCount: objects.unopenedCount,
      unopened: objects.unopened.map(({ oid, within, reason }) => ({ object: oid, within: within.map(showName), reason })),
      unreachableCount: Math.max(0, objects.storedCount - connectivity.reachableCount),
      notCleanable: options.facts?.rewrite.notCleanable.map((item) => ({ ...item, where: showName(item.where) })) ?? [],
      lfsObjects: options.facts?.rewrite.lfsObjects ?? [],
    },
    ...(options.facts && { rewrite: describeRewrite(options.facts, maps, showName) }),
  };
}

function searchNames(refs: readonly Ref[], search: ContentSearch): ContentHit[] {
  return refs.flatMap(({ name }) => search.searchFlat(Buffer.from(name, 'latin1')));
}

/** A name that holds a value must not carry it into the proof. */
function maskName(name: string, search: ContentSearch): string {
  return search.searchFlat(Buffer.from(name, 'latin1')).length === 0 ? displayName(name) : '(a name that holds a value)';
}

function describePlace(hit: ContentHit, where: string, options: ProveOptions, showName: (name: string) => string): FoundPlace {
  return {
    valueHash: options.values[hit.value]!.hash,
    form: hit.form,
    where,
    ...(hit.within.length > 0 && { within: hit.within.map(showName) }),
    at: hit.at,
  };
}

/** Every object must have been read once and be what its id says; reading nothing proves nothing. */
function checkReading(objects: ObjectSearchResult, reachableCount: number, options: ProveOptions): ProofCheck {
  const tallies = Object.values(objects.objects);
  const read = tallies.reduce((sum, { count }) => sum + count, 0);
  const bytes = tallies.reduce((sum, tally) => sum + tally.bytes, 0);
  // A rewrite searches what refs reach. Anything else in the result was never looked at, whatever its id.
  const isSomethingRead = options.alreadySearched ? reachableCount > 0 && objects.storedCount === reachableCount : read > 0 && bytes > 0;
  const isComplete = read + objects.skippedCount === objects.storedCount && objects.missing.length === 0;
  return {
    name: 'every-object-read',
    passed: isSomethingRead && isComplete && objects.misnamed.length === 0,
    details:
      `${read} of ${objects.storedCount} objects read (${bytes} bytes), ${objects.skippedCount} searched before; ` +
      `${objects.missing.length} unreadable${listSome(objects.missing)}; ${objects.misnamed.length} not what their id says${listSome(objects.misnamed)}`,
  };
}

function checkDirectory(directory: GitDirectorySearchResult, repository: Repository, options: ProveOptions): ProofCheck[] {
  const hindrances = repository.obstacles.filter(({ kind }) =>
    ['shallow', 'partial', 'grafts', 'alternates', 'invalid-refs'].includes(kind),
  );
  const replaced = countReplaced(repository.refs, options.facts);
  const hiding = [
    ...directory.incomplete,
    ...hindrances.map(({ kind }) => kind),
    ...(replaced > 0 ? [`${replaced} replace refs of old objects`] : []),
  ];
  const selfContained: ProofCheck = {
    name: 'self-contained',
    passed: hiding.length === 0,
    details:
      hiding.length === 0 ? 'nothing hides, borrows or replaces objects' : `some of what git would show is not here${listSome(hiding)}`,
  };
  // Someone's working repository has reflogs and hooks by right; a cleaned one was written afresh.
  if (!options.facts) return [selfContained];
  const leftOvers: ProofCheck = {
    name: 'no-left-overs',
    passed: directory.leftOvers.length === 0,
    details: `${directory.files} files, ${directory.leftOvers.length} of them do not belong there${listSome(directory.leftOvers)}`,
  };
  return [selfContained, leftOvers];
}

function countReplaced(refs: readonly Ref[], facts: RewriteFacts | undefined): number {
  if (!facts) return 0;
  const old = refs.filter(({ name }) => name.startsWith('refs/replace/')).map(({ name }) => name.slice('refs/replace/'.length));
  return old.filter((oid) => facts.rewrite.objects.get(oid) !== undefined).length;
}

/** git shows one copy of an object; a second one of the same id, or one that no index lists, would go unread. */
function checkStore(directory: GitDirectorySearchResult, objects: ObjectSearchResult): ProofCheck {
  const twice = directory.storedCount - objects.storedCount;
  return {
    name: 'object-store-consistent',
    passed: directory.faults.length === 0 && twice === 0,
    details:
      `${directory.storedCount} stored, ${objects.storedCount} listed${listSome(directory.faults)}` +
      (twice === 0 ? '' : '; some are stored twice or not listed: run "git repack -ad" and "git prune-packed"'),
  };
}

function describeSearched(objects: ObjectSearchResult, directory: GitDirectorySearchResult, options: ProveOptions): Searched {
  const forms = buildValueNeedles(options.values.map(({ value }) => value)).map(({ form }) => form);
  return {
    objects: objects.objects,
    files: { count: directory.files, bytes: directory.bytes },
    forms: [...new Set(forms)].sort(),
    values: options.values.map(({ value, hash }) => {
      const formsLeftOut = listFormsLeftOut(value);
      return { hash, ...(formsLeftOut.length > 0 && { formsLeftOut }) };
    }),
  };
}

function describeRewrite({ source, rewrite }: RewriteFacts, maps: readonly MapFile[], showName: (name: string) => string): ProvenRewrite {
  const changed = rewrite.refs.filter((ref) => ref.newName !== ref.oldName || ref.newTarget !== ref.oldTarget);
  return {
    sourceRefCount: source.refs.length,
    sourceRefsDigest: digestRefs(source.refs),
    commitCount: rewrite.commitCount,
    changedCommitCount: rewrite.changedCommitCount,
    changedObjectCount: rewrite.objects.size,
    droppedObjectCount: rewrite.droppedObjects.size,
    changedRefCount: changed.length,
    changedRefs: changed.slice(0, maxListed).map((ref) => ({
      oldName: showName(ref.oldName),
      newName: ref.newName === undefined ? null : showName(ref.newName),
      oldTarget: ref.oldTarget,
      newTarget: ref.newTarget ?? null,
    })),
    firstChangedCommits: rewrite.firstChangedCommits.slice(0, maxListed).map(({ ref, commit }) => ({ ref: showName(ref), commit })),
    maps,
  };
}
