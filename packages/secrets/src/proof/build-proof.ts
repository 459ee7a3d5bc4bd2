import { displayName, encodeName } from '@deployguard/git';
import type { Ref, Repository } from '@deployguard/git';
import { checkReading, checkSelfContained, checkLeftOvers, checkStore } from './check-content.ts';
import type { Connectivity } from './check-connectivity.ts';
import type { RewriteFacts } from './check-rewrite.ts';
import type { ContentHit, ContentSearch } from './content-search.ts';
import { digestRefs } from './digest-refs.ts';
import type { FoundPlace, MapFile, Proof, ProofCheck, ProvenRewrite, Searched } from './proof.ts';
import { maxListed } from './prove-options.ts';
import type { ProveOptions } from './prove-options.ts';
import type { GitDirectorySearchResult } from './search-git-directory.ts';
import type { ObjectSearchResult } from './search-objects.ts';
import { openedFormats } from './open-containers.ts';
import { buildValueNeedles, listFormsLeftOut } from './value-needles.ts';

/** What the parts of the work brought to light. */
export interface ProofEvidence {
  readonly objects: ObjectSearchResult;
  readonly directory: GitDirectorySearchResult;
  readonly connectivity: Connectivity;
  readonly rewriteChecks: readonly ProofCheck[];
  readonly maps: readonly MapFile[];
}

/** Judges the evidence and puts it into words. The verdict is `proven` only when every check passed. */
export function buildProof(repository: Repository, evidence: ProofEvidence, search: ContentSearch, options: ProveOptions): Proof {
  const { objects, directory, connectivity, rewriteChecks, maps } = evidence;
  const showName = (name: string): string => maskName(name, search);
  const places = [
    ...objects.hits.map((hit) => describePlace(hit, `${hit.type} ${hit.oid}`, options, showName)),
    ...directory.hits.map((hit) => describePlace(hit, `file ${hit.path}`, options, showName)),
    ...searchNames(repository.refs, search).map((hit) => describePlace(hit, 'ref name', options, showName)),
    ...connectivity.pathHits.map((hit) => describePlace(hit, 'path', options, showName)),
  ];
  const foundCount = places.length - objects.hits.length + objects.hitCount;
  const checks = [
    checkReading(objects),
    {
      name: 'no-value-found',
      passed: foundCount === 0,
      details: `${options.values.length} values in the forms listed; ${foundCount} places hold one`,
    },
    checkSelfContained(directory, repository, options.facts),
    // Someone's working repository has reflogs and hooks by right; a cleaned one was written afresh.
    ...(options.facts ? [checkLeftOvers(directory)] : []),
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
      ...(options.isInPlace && { isInPlace: true }),
    },
    verdict: checks.every(({ passed }) => passed) ? 'proven' : 'failed',
    coverage: 'every-object',
    checks,
    searched: describeSearched(objects, directory, options),
    found: { count: foundCount, places: places.slice(0, maxListed) },
    limitations: {
      unopenedCount: objects.unopenedCount,
      unopened: objects.unopened.map(({ oid, within, reason }) => ({ object: oid, within: within.map(showName), reason })),
      unreachableCount: Math.max(0, objects.storedCount - connectivity.reachableCount),
      notCleanable: options.facts?.rewrite.notCleanable.map((item) => ({ ...item, where: showName(encodeName(item.where)) })) ?? [],
      lfsObjects: options.facts?.rewrite.lfsObjects ?? [],
    },
    ...(options.facts && { rewrite: describeRewrite(options.facts, maps, showName) }),
  };
}

function searchNames(refs: readonly Ref[], search: ContentSearch): ContentHit[] {
  return refs.flatMap(({ name }) => search.searchFlat(Buffer.from(name, 'latin1')));
}

/** A name that holds a value must not carry it into the proof. */
export function maskName(name: string, search: ContentSearch): string {
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

function describeSearched(objects: ObjectSearchResult, directory: GitDirectorySearchResult, options: ProveOptions): Searched {
  const forms = buildValueNeedles(options.values.map(({ value }) => value)).map(({ form }) => form);
  return {
    objects: objects.objects,
    files: { count: directory.files, bytes: directory.bytes },
    forms: [...new Set(forms)].sort(),
    opened: openedFormats,
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
