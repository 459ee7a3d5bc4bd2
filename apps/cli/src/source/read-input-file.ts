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

/** The text of such a file, in whatever encoding an editor or shell of Windows wrote it: see {@link toUtf8}. */
export function readInputText(name: string, context: Pick<CliContext, 'workingDirectory'>): { path: string; text: string } {
  const { path, content } = readInputFile(name, context);
  return { path, text: toUtf8(content).toString('utf8') };
}

/** Content without a byte order mark, in UTF-8 where the mark says that it is UTF-16. */
export function toUtf8(content: Buffer): Buffer {
  const isLittleEndian = content[0] === 0xff && content[1] === 0xfe;
  if (isLittleEndian || (content[0] === 0xfe && content[1] === 0xff))
    return Buffer.from(new TextDecoder(isLittleEndian ? 'utf-16le' : 'utf-16be').decode(content), 'utf8');
  return content.subarray(0, 3).equals(Buffer.of(0xef, 0xbb, 0xbf)) ? content.subarray(3) : content;
}
