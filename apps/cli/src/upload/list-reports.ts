import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CliError } from '../cli-error.ts';
import { describeSystemError, isSystemError } from '../describe-system-error.ts';

/** The files that are meant: of a folder all that lie in it and below, but none that is hidden. @throws {CliError} `USAGE` */
export function listReports(paths: readonly string[], workingDirectory: string): string[] {
  const files = paths.flatMap((path) => listBelow(path, workingDirectory));
  if (files.length === 0) throw new CliError('USAGE', 'There is no file in these folders.');
  return files;
}

function listBelow(path: string, workingDirectory: string): string[] {
  const place = resolve(workingDirectory, path);
  try {
    if (!statSync(place).isDirectory()) return [path];
    const entries = readdirSync(place, { withFileTypes: true }).filter((entry) => !entry.name.startsWith('.'));
    return entries
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => {
        if (entry.isDirectory()) return listBelow(join(path, entry.name), workingDirectory);
        return entry.isFile() ? [join(path, entry.name)] : [];
      });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new CliError('USAGE', `${path}: ${describeSystemError(error)}.`);
  }
}
