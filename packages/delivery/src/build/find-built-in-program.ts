import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A program that runs in what is built, and is one file: `static-server.mjs` serves a folder of files, for any Node; `carry-libraries.sh`
 * brings libraries from the image that an application was built in to the one that it runs on. Compiled, it stands beside this module.
 */
export function findBuiltInProgram(name: 'static-server.mjs' | 'carry-libraries.sh'): string {
  const compiled = join(import.meta.dirname, name);
  return existsSync(compiled) ? compiled : join(import.meta.dirname, '..', '..', 'programs', name);
}
