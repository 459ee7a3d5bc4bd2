import type { Repository } from '@deployguard/git';
import { assertRewritable } from './assert-rewritable.ts';
import { beginOutputDirectory } from './output-directory.ts';
import type { PathPattern } from './path-pattern.ts';
import { createPathMatcher } from './path-pattern.ts';
import { readObjectGraph } from './read-object-graph.ts';
import { createRedactor } from './redact.ts';
import type { ValueReplacement } from './redact.ts';
import type { RewriteResult } from './rewrite-result.ts';
import { writeResult } from './write-result.ts';

export interface RewriteOptions {
  readonly values: readonly ValueReplacement[];
  /** Files and directories to take out of the whole history. */
  readonly removePaths?: readonly PathPattern[];
  /** Where the cleaned repository is to stand; nothing may be there yet. */
  readonly outputDirectory: string;
  /** Replace the ids of rewritten commits that messages quote. Default true. */
  readonly mapQuotedIds?: boolean;
  /** How values are searched: `whole` reads every object through git, `auto` packs directly where it can. The result is the same. */
  readonly engine?: 'auto' | 'whole';
  readonly onProgress?: (progress: RewriteProgress) => void;
  readonly signal?: AbortSignal;
}

export const rewritePhases = ['searching', 'files', 'trees', 'commits', 'copying', 'finishing'] as const;

export interface RewriteProgress {
  readonly phase: (typeof rewritePhases)[number];
  /** Objects. `total` is 0 while it is not known. */
  readonly done: number;
  readonly total: number;
}

/**
 * Writes a repository without the values, beside the source, which is only read. Everything that the source's refs, its HEAD and its stash
 * lead to is delivered; objects that hold no value and lead to none keep their ids.
 *
 * Two runs give the same objects and refs, and a run on a result changes nothing. The result has one pack (of large histories two: what was
 * written anew, and what was copied), packed refs and no alternates,
 * and appears under its name only when it is complete.
 *
 * Throws RewriteError: `SOURCE_NOT_COMPLETE`, `SOURCE_OBJECT_UNREADABLE`, `VALUE_TOO_SHORT`, `REPLACEMENT_HOLDS_VALUE`,
 * `REPLACEMENT_UNSTABLE`, `PATTERN_INVALID`, `OUTPUT_EXISTS`, `OUTPUT_UNWRITABLE`; GitError when git fails.
 */
export async function rewriteRepository(source: Repository, options: RewriteOptions): Promise<RewriteResult> {
  assertRewritable(source);
  const redactor = createRedactor(options.values);
  const removed = options.removePaths?.length ? createPathMatcher(options.removePaths) : undefined;
  const output = await beginOutputDirectory(options.outputDirectory);
  try {
    const read = await readObjectGraph(source, {
      redactor,
      ...(options.engine ? { engine: options.engine } : {}),
      onProgress: (done, total) => options.onProgress?.({ phase: 'searching', done, total }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
    const result = await writeResult({ source, read, redactor, removed, gitDir: output.temporaryPath, options });
    await output.publish();
    return { ...result, gitDir: options.outputDirectory };
  } finally {
    await output.discard();
  }
}
