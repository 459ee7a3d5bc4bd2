import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { findSource, openLocalRepository } from '@deployguard/git';
import type { Repository } from '@deployguard/git';
import { buildProof, maskName } from './build-proof.ts';
import { checkConnectivity } from './check-connectivity.ts';
import { checkRewrite, listImages } from './check-rewrite.ts';
import { createContentSearch } from './content-search.ts';
import type { Proof } from './proof.ts';
import { abortedError, ProofError } from './proof-error.ts';
import { maxListed } from './prove-options.ts';
import type { ProveOptions } from './prove-options.ts';
import { createPathSearch } from './path-search.ts';
import { searchGitDirectory, type GitDirectorySearchResult } from './search-git-directory.ts';
import { searchObjects } from './search-objects.ts';
import { minValueBytes } from './value-needles.ts';
import { writeRewriteMaps } from './write-rewrite-maps.ts';

/**
 * Proves that none of the values is in a repository (a bare or other git directory, or a bundle), in any form, in any object (reachable or not), ref name or file.
 *
 * Independent of the rewriting: objects are read from a fresh repository that borrows the proved one's, so that no setting or left-over of
 * the proved one takes part; each must be what its id says, and as many as git lists; forms and search are the proof's own. Whatever cannot be read, counted or
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
  const { facts, mapsDirectory } = options;
  const busy = Promise.withResolvers<void>();
  const objectSearch = searchObjects(repository, {
    values,
    homeDirectory,
    maxListed,
    signal,
    lanes: options.lanes ?? Math.min(4, availableParallelism()),
    onThreadsBusy: busy.resolve,
    ...(options.onProgress && { onProgress: (done, total, bytes) => options.onProgress!({ done, total, bytes }) }),
  });
  // First of all threads get their work: until then a second processor waits.
  const searchFiles = async (): Promise<GitDirectorySearchResult> => {
    await Promise.race([busy.promise, objectSearch]);
    return await searchGitDirectory(gitDir, search);
  };
  const tasks = [
    objectSearch,
    searchFiles(),
    facts && listImages(facts),
    facts && mapsDirectory ? writeRewriteMaps(mapsDirectory, facts.rewrite, showName) : [],
  ] as const;
  const [objects, directory, images, maps] = await Promise.all(tasks).catch(async (error: unknown) => {
    // None may go on working in directories that are about to be removed.
    stop.abort();
    await Promise.allSettled(tasks);
    throw error;
  });
  const connectivity = await checkConnectivity(repository, {
    search,
    mayCrossDirectories: createPathSearch(values).isPossible(objects.pathParts),
    ...(objects.graph && { graph: objects.graph }),
  });
  const rewriteChecks = facts && images ? await checkRewrite(repository, facts, objects, images) : [];
  if (signal.aborted) throw abortedError();
  return buildProof(repository, { objects, directory, connectivity, rewriteChecks, maps }, search, options);
}
