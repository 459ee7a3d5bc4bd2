import { resolve } from 'node:path';
import type { CliContext } from '../context.ts';
import { findTopDirectory } from './find-top-directory.ts';

/** The repository that a command is about: the path that was named, else the work tree around the working directory. Absolute. */
export function choosePath(repoPath: string | undefined, { workingDirectory }: Pick<CliContext, 'workingDirectory'>): string {
  return repoPath === undefined ? findTopDirectory(workingDirectory) : resolve(workingDirectory, repoPath);
}
