import { userInfo } from 'node:os';
import { isAbsolute } from 'node:path';

/** The user's home. An empty or relative `HOME` would put keys into whatever directory the command runs in; then the system's answer counts. */
export function findHomeDirectory({ HOME }: Readonly<Record<string, string | undefined>>): string {
  return HOME !== undefined && isAbsolute(HOME) ? HOME : userInfo().homedir;
}
