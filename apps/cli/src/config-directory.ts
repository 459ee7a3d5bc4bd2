import { isAbsolute, join } from 'node:path';
import { findHomeDirectory } from './home-directory.ts';

/** Ours in the user's configuration directory (XDG Base Directory Specification; `APPDATA` on Windows). */
export function findConfigDirectory(environment: Readonly<Record<string, string | undefined>>): string {
  const named = [environment['XDG_CONFIG_HOME'], environment['APPDATA']].find((path) => path !== undefined && isAbsolute(path));
  return join(named ?? join(findHomeDirectory(environment), '.config'), 'deployguard');
}
