import { findReadError } from './find-read-error.ts';
import type { Git } from './git.ts';
import { GitError } from './git-error.ts';
import type { GitObject } from './git-object.ts';
import { defaultMaxBufferedBytes } from './git-object.ts';
import { takeObjects } from './read-objects.ts';
import { splitObjects } from './split-objects.ts';
import type { Answer } from './split-objects.ts';

export interface ObjectReaderOptions {
  /** Larger objects come without content (read those with `readObjects`, which streams). Default 64 MiB. */
  readonly maxBufferedBytes?: number;
  /** Told of each object that is not there; without it, such an object is an `OBJECT_MISSING` error. */
  readonly onMissing?: (oid: string) => void;
  readonly signal?: AbortSignal;
}

/** Reads objects on request from one git that stays up. Requests may overlap: each is answered in turn, without waiting in between. */
export interface ObjectReader extends AsyncDisposable {
  /** The objects named, in that order, without the missing ones. A few hundred at a time is fastest. */
  read(oids: readonly string[]): Promise<GitObject[]>;
  close(): Promise<void>;
}

interface Request {
  readonly count: number;
  readonly answers: Answer[];
  resolve(objects: GitObject[]): void;
  reject(error: unknown): void;
}

export function openObjectReader(git: Git, options: ObjectReaderOptions = {}): ObjectReader {
  const running = git.start(['cat-file', '--batch-command', '--buffer'], {
    stdin: 'pipe',
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const waiting: Request[] = [];
  let failure: unknown;

  const pump = distributeAnswers().then(
    async () => fail((await findReadError(running)) ?? new GitError('GIT_OUTPUT_INVALID', 'The object reader was closed.')),
    async (error: unknown) => {
      fail((await findReadError(running)) ?? error);
      await running.kill();
    },
  );

  async function distributeAnswers(): Promise<void> {
    for await (const answers of splitObjects(running.stdout, options.maxBufferedBytes ?? defaultMaxBufferedBytes, true)) {
      let taken = 0;
      while (taken < answers.length) {
        const request = waiting[0];
        if (request === undefined) throw new GitError('GIT_OUTPUT_INVALID', 'git cat-file answered more than it was asked.');
        const part = answers.slice(taken, taken + request.count - request.answers.length);
        taken += part.length;
        request.answers.push(...part);
        if (request.answers.length < request.count) continue;
        waiting.shift();
        answerRequest(request);
      }
    }
  }

  function answerRequest(request: Request): void {
    try {
      request.resolve(takeObjects(request.answers, options.onMissing));
    } catch (error) {
      request.reject(error);
    }
  }

  function fail(error: unknown): void {
    failure ??= error;
    for (const request of waiting.splice(0)) request.reject(failure);
  }

  async function close(): Promise<void> {
    running.stdin!.end();
    if (waiting.length > 0) await running.kill();
    await pump;
  }

  return {
    read(oids) {
      if (failure !== undefined) return Promise.reject(failure);
      if (oids.length === 0) return Promise.resolve([]);
      const { promise, resolve, reject } = Promise.withResolvers<GitObject[]>();
      waiting.push({ count: oids.length, answers: [], resolve, reject });
      running.stdin!.write(`contents ${oids.join('\ncontents ')}\nflush\n`);
      return promise;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
