import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { describeSystemError, isSystemError } from '../describe-system-error.ts';

/** A file that an option names, with its absolute path. */
export interface InputFile {
  readonly path: string;
  readonly content: Buffer;
}

/**
 * Reads a file that the user named.
 *
 * @throws {CliError} `USAGE` when it cannot be read.
 */
export function readInputFile(name: string, { workingDirectory }: Pick<CliContext, 'workingDirectory'>): InputFile {
  const path = resolve(workingDirectory, name);
  try {
    return { path, content: readFileSync(path) };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new CliError('USAGE', `${path} cannot be read: ${describeSystemError(error)}.`);
  }
}
