import { realpathSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { isAbsolute } from 'node:path';
import { findSearchPath } from './search-path.ts';

/**
 * The homes of the user that the service runs as: the environment may name another than the list of users does. Those of a system's own users may be
 * folders of its programs (`/usr/sbin`), and are nobody's home.
 */
export function findHomes(): string[] {
  return [homedir(), findListedHome()].filter((home) => isAbsolute(home) && !holdsSystemPrograms(home));
}

/** Containers run as users that are in no list. */
function findListedHome(): string {
  try {
    return userInfo().homedir;
  } catch {
    return '';
  }
}

function holdsSystemPrograms(home: string): boolean {
  const place = resolveLinks(home);
  const programs = [...findSearchPath().split(':'), '/usr/sbin'].map(resolveLinks);
  return `${place}/`.startsWith('/usr/') && programs.some((folder) => `${folder}/`.startsWith(`${place}/`));
}

function resolveLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
