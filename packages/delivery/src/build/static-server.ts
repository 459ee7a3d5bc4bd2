import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The program that serves a folder of files: one file for any Node. Compiled, it stands beside this module. */
export function findStaticServer(): string {
  const compiled = join(import.meta.dirname, 'static-server.mjs');
  return existsSync(compiled) ? compiled : join(import.meta.dirname, '..', '..', 'programs', 'static-server.mjs');
}
