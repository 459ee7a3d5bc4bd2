import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

/** The absolute path of an executable: a name is looked up in `searchPath` (as in `PATH`), a path is taken as it is. */
export function findProgram(program: string, searchPath: string, workingDirectory = '/'): string | undefined {
  if (program.includes('/')) {
    const path = resolve(workingDirectory, program);
    return isExecutable(path) ? path : undefined;
  }
  // Relative parts of a search path would make the answer depend on where the program is started: they are left out.
  return searchPath
    .split(delimiter)
    .filter((directory) => isAbsolute(directory))
    .map((directory) => join(directory, program))
    .find((path) => isExecutable(path));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
