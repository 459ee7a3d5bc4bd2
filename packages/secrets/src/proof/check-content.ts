import type { Ref, Repository } from '@deployguard/git';
import { listSome } from './check-rewrite.ts';
import type { RewriteFacts } from './check-rewrite.ts';
import type { ProofCheck } from './proof.ts';
import type { GitDirectorySearchResult } from './search-git-directory.ts';
import type { ObjectSearchResult } from './search-objects.ts';

/** Every object must have been read once and be what its id says; reading nothing proves nothing. */
export function checkReading(objects: ObjectSearchResult): ProofCheck {
  const tallies = Object.values(objects.objects);
  const read = tallies.reduce((sum, { count }) => sum + count, 0);
  const bytes = tallies.reduce((sum, tally) => sum + tally.bytes, 0);
  const isComplete = read === objects.storedCount && objects.missing.length === 0;
  return {
    name: 'every-object-read',
    passed: read > 0 && bytes > 0 && isComplete && objects.misnamed.length === 0,
    details:
      `${read} of ${objects.storedCount} objects read (${bytes} bytes); ` +
      `${objects.missing.length} unreadable${listSome(objects.missing)}; ${objects.misnamed.length} not what their id says${listSome(objects.misnamed)}`,
  };
}

/** Nothing may make git show less than there is, or more. */
export function checkSelfContained(
  directory: GitDirectorySearchResult,
  { obstacles, refs }: Repository,
  facts: RewriteFacts | undefined,
): ProofCheck {
  const kinds = obstacles.map(({ kind }) => kind);
  const replaced = countReplaced(refs, facts);
  const hiding = [
    ...directory.incomplete,
    ...kinds.filter((kind) => ['shallow', 'partial', 'grafts', 'alternates', 'invalid-refs', 'broken-head'].includes(kind)),
    ...(replaced > 0 ? [`${replaced} replace refs of old objects`] : []),
  ];
  return {
    name: 'self-contained',
    passed: hiding.length === 0,
    details:
      hiding.length === 0 ? 'nothing hides, borrows or replaces objects' : `some of what git would show is not here${listSome(hiding)}`,
  };
}

/** A repository that was written afresh has no reflogs, hooks or strays. */
export function checkLeftOvers({ files, leftOvers }: GitDirectorySearchResult): ProofCheck {
  return {
    name: 'no-left-overs',
    passed: leftOvers.length === 0,
    details: `${files} files, ${leftOvers.length} of them do not belong there${listSome(leftOvers)}`,
  };
}

function countReplaced(refs: readonly Ref[], facts: RewriteFacts | undefined): number {
  if (!facts) return 0;
  const old = refs.filter(({ name }) => name.startsWith('refs/replace/')).map(({ name }) => name.slice('refs/replace/'.length));
  return old.filter((oid) => facts.rewrite.objects.get(oid) !== undefined).length;
}

/** git shows one copy of an object; a second one of the same id, or one that no index lists, would go unread. */
export function checkStore(directory: GitDirectorySearchResult, objects: ObjectSearchResult): ProofCheck {
  const twice = directory.storedCount - objects.storedCount;
  return {
    name: 'object-store-consistent',
    passed: directory.faults.length === 0 && twice === 0,
    details:
      `${directory.storedCount} stored, ${objects.storedCount} listed${listSome(directory.faults)}` +
      (twice === 0 ? '' : '; some are stored twice or not listed: run "git repack -ad" and "git prune-packed"'),
  };
}
