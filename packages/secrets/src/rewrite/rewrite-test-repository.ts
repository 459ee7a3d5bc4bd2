import { execFileSync } from 'node:child_process';
import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLocalRepository } from '@deployguard/git';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { rewriteRepository } from './rewrite-repository.ts';
import type { RewriteOptions } from './rewrite-repository.ts';
import type { RewriteResult } from './rewrite-result.ts';

/** For tests: a rewritten repository, looked at with plain git and by reading its files. */
export interface RewrittenRepository extends AsyncDisposable {
  readonly result: RewriteResult;
  readonly gitDir: string;
  /** Output of git, Latin-1. */
  git(...args: string[]): string;
  /** An object's bytes as git gives them. */
  read(revision: string): Buffer;
  readText(revision: string): string;
  /** Where any of the texts stands: ids of objects, names of refs and files of the repository. */
  findLeaks(...texts: (string | Buffer)[]): string[];
}

export type RewriteTestOptions = Partial<Omit<RewriteOptions, 'values'>> & {
  readonly values: readonly (string | [value: string, replacement: string])[];
};

/** Opens what is at a path, rewrites it into a temporary directory, and gives the result. Values are text. */
export async function rewriteTestRepository(path: string, { values, ...options }: RewriteTestOptions): Promise<RewrittenRepository> {
  const directory = createTemporaryDirectory();
  try {
    await using source = await openLocalRepository(path, { workDirectory: join(directory.path, 'work') });
    const result = await rewriteRepository(source, {
      outputDirectory: join(directory.path, 'result.git'),
      values: values.map((entry) => {
        const [value, replacement] = typeof entry === 'string' ? [entry, '***REMOVED***'] : entry;
        return { value: toLatin1(value), replacement: toLatin1(replacement) };
      }),
      ...options,
    });
    return inspect(result, directory.dispose);
  } catch (error) {
    directory.dispose();
    throw error;
  }
}

function inspect(result: RewriteResult, dispose: () => void): RewrittenRepository {
  const { gitDir } = result;
  const read = (...args: string[]): Buffer => runGit(gitDir, args);
  return {
    result,
    gitDir,
    git: (...args) => read(...args).toString('latin1'),
    read: (revision) => readObject(gitDir, revision),
    readText: (revision) => read('cat-file', '-p', revision).toString('utf8'),
    findLeaks: (...texts) =>
      findLeaks(
        gitDir,
        texts.map((text) => Buffer.from(text)),
      ),
    [Symbol.asyncDispose]: async () => dispose(),
  };
}

/** git without any settings of the machine. */
export function runGit(gitDir: string, args: readonly string[], input?: string | Buffer): Buffer {
  return execFileSync('git', [`--git-dir=${gitDir}`, ...args], {
    env: { PATH: process.env['PATH'], HOME: gitDir, GIT_CONFIG_NOSYSTEM: '1', GIT_NO_REPLACE_OBJECTS: '1' },
    maxBuffer: 2 ** 30,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(input === undefined ? {} : { input }),
  });
}

function findLeaks(gitDir: string, needles: readonly Buffer[]): string[] {
  const holdsAny = (bytes: Buffer): boolean => needles.some((needle) => bytes.includes(needle));
  // All objects in one go; which one it is matters only when there is a leak.
  const objects = runGit(gitDir, ['cat-file', '--batch', '--batch-all-objects']);
  const leaks = holdsAny(objects) ? listObjects(gitDir).filter((oid) => holdsAny(readObject(gitDir, oid))) : [];
  const paths = execFileSync('find', [gitDir, '-print0'], { encoding: 'latin1' }).split('\0').slice(0, -1);
  return [
    ...leaks,
    ...paths.filter((path) => {
      const bytes = Buffer.from(path, 'latin1');
      return holdsAny(bytes) || (lstatSync(bytes).isFile() && holdsAny(readFileSync(bytes)));
    }),
  ];
}

function listObjects(gitDir: string): string[] {
  return runGit(gitDir, ['cat-file', '--batch-all-objects', '--batch-check=%(objectname)']).toString().trim().split('\n');
}

function readObject(gitDir: string, revision: string): Buffer {
  return runGit(gitDir, ['cat-file', runGit(gitDir, ['cat-file', '-t', revision]).toString().trim(), revision]);
}

function toLatin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}
