import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RunningProcess } from '@deployguard/process';
import { findReadError } from './find-read-error.ts';
import type { Git } from './git.ts';
import type { Setting } from './git-environment.ts';
import { GitError } from './git-error.ts';
import { defaultMaxBufferedBytes } from './git-object.ts';
import type { GitObject, ReadObjectsOptions } from './git-object.ts';
import { findLargeLooseFile, openLooseObject } from './large-loose-objects.ts';
import { splitObjects } from './split-objects.ts';
import type { Answer } from './split-objects.ts';
import { stripControl } from './strip-control.ts';

/** Every object of the repository's stores, reachable or not, once each, in no particular order. */
export async function* readAllObjects(git: Git, options: ReadObjectsOptions = {}): AsyncGenerator<GitObject[], void, undefined> {
  const running = git.start(
    ['cat-file', '--batch', '--batch-all-objects', '--unordered', '--buffer'],
    options.signal === undefined ? {} : { signal: options.signal },
  );
  yield* readAnswers(running, options);
}

/** Object ids, one by one or in batches. */
export type ObjectIds = Iterable<string> | AsyncIterable<string | readonly string[]>;

/** The objects named, in that order. Ids may come as slowly as they like: they are passed on as they come. */
export async function* readObjects(
  git: Git,
  oids: ObjectIds,
  options: ReadObjectsOptions = {},
): AsyncGenerator<GitObject[], void, undefined> {
  const { objectDirectories } = options;
  if (!objectDirectories || !(Symbol.iterator in oids)) return yield* readThroughGit(git, oids, options);
  let others: string[] = [];
  for (const oid of oids) {
    const path = findLargeLooseFile(objectDirectories, oid);
    if (path === undefined) {
      others.push(oid);
      continue;
    }
    if (others.length > 0) yield* readThroughGit(git, others, options);
    others = [];
    await using object = await openLooseObject(path, oid, options.signal);
    yield [object];
  }
  if (others.length > 0) yield* readThroughGit(git, others, options);
}

/** By itself git keeps all of a pack that it has touched in memory, and what deltas are based on. */
const sparseSettings: readonly Setting[] = [
  ['core.packedGitWindowSize', '1m'],
  ['core.packedGitLimit', '32m'],
  ['core.deltaBaseCacheLimit', '32m'],
];

async function* readThroughGit(git: Git, oids: ObjectIds, options: ReadObjectsOptions): AsyncGenerator<GitObject[], void, undefined> {
  const running = git.start(['cat-file', '--batch', '--buffer'], {
    stdin: 'pipe',
    ...(options.isSparse === true && { settings: sparseSettings }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  let requestError: unknown;
  const requests = pipeline(Readable.from(joinLines(oids), { objectMode: false }), running.stdin!).catch(async (error: unknown) => {
    // A broken pipe means that git is gone, which its exit explains; anything else that the caller's ids failed.
    if (isBrokenPipe(error)) return;
    requestError = error;
    await running.kill();
  });
  try {
    yield* readAnswers(running, options);
  } catch (error) {
    await requests;
    throw requestError ?? error;
  }
  await requests;
}

async function* readAnswers(running: RunningProcess, options: ReadObjectsOptions): AsyncGenerator<GitObject[], void, undefined> {
  let isComplete = false;
  try {
    for await (const answers of splitObjects(running.stdout, options.maxBufferedBytes ?? defaultMaxBufferedBytes)) {
      const objects = takeObjects(answers, options.onMissing);
      if (objects.length > 0) yield objects;
    }
    isComplete = true;
  } catch (error) {
    throw (await findReadError(running)) ?? error;
  } finally {
    if (!isComplete) await running.kill();
  }
  const error = await findReadError(running);
  if (error !== undefined) throw error;
}

/** The objects among the answers. Throws `OBJECT_MISSING` unless `onMissing` takes the others. */
export function takeObjects(answers: readonly Answer[], onMissing: ((oid: string) => void) | undefined): GitObject[] {
  const objects: GitObject[] = [];
  for (const answer of answers) {
    if (!('missing' in answer)) objects.push(answer);
    else if (onMissing) onMissing(answer.missing);
    else
      throw new GitError(
        'OBJECT_MISSING',
        `Object ${stripControl(answer.missing)} is missing: the repository is incomplete or damaged. Run "git fsck" in it, or clone it anew.`,
      );
  }
  return objects;
}

async function* joinLines(oids: ObjectIds): AsyncGenerator<string> {
  if (Symbol.iterator in oids) {
    // A write for each id would cost more than git takes to answer it.
    let lines = '';
    for (const oid of oids) {
      lines += `${oid}\n`;
      if (lines.length > 32_768) {
        yield lines;
        lines = '';
      }
    }
    if (lines !== '') yield lines;
  } else {
    for await (const part of oids) {
      if (typeof part === 'string') yield `${part}\n`;
      else if (part.length > 0) yield `${part.join('\n')}\n`;
    }
  }
}

/** However it shows: pipes of Node are sockets, which are reset where the other side leaves something unread (unix(7)). */
const brokenPipeCodes: ReadonlySet<unknown> = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED']);

function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && brokenPipeCodes.has(error.code);
}
