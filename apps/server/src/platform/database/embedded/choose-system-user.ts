import { readFileSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { DatabaseError } from '../database-error.ts';

/** A user of the system. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

/** Who runs this process. */
export function currentUser(): SystemUser {
  try {
    const { uid, gid, username } = userInfo();
    return { uid, gid, name: username };
  } catch {
    throw new DatabaseError(
      'DATABASE_START_FAILED',
      `The user id ${process.getuid?.()} has no name in /etc/passwd, and PostgreSQL refuses to run without one. Add an entry, or set DATABASE_URL to a server.`,
    );
  }
}

/**
 * As whom the database runs: ourselves, or, because PostgreSQL refuses to run as root, the user that owns the data directory, else
 * `postgres`, else `nobody`.
 */
export function chooseSystemUser(dataDirectory: string): SystemUser {
  const self = currentUser();
  const owner = statSync(dataDirectory, { throwIfNoEntry: false })?.uid;
  if (self.uid !== 0) {
    if (owner === undefined || owner === self.uid) return self;
    throw new DatabaseError(
      'DATABASE_START_FAILED',
      `${dataDirectory} belongs to user id ${owner}; start the service as that user, or as root.`,
    );
  }
  const users = listUsers();
  const user =
    users.find(({ uid }) => uid === owner && uid !== 0) ??
    ['postgres', 'nobody'].map((name) => users.find((user) => user.name === name)).find(Boolean);
  if (user) return user;
  throw new DatabaseError(
    'DATABASE_START_FAILED',
    'PostgreSQL refuses to run as root, and there is neither a user "postgres" nor "nobody" to run it as. Add one, or set DATABASE_URL to a server.',
  );
}

function listUsers(): SystemUser[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length > 3)
    .map(([name, , uid, gid]) => ({ name: name!, uid: Number(uid), gid: Number(gid) }));
}

/** The folder on the way to a place, or the place itself, that a user may not enter; undefined when the way is free. */
export function findBarrier(path: string, user: SystemUser): string | undefined {
  const above = dirname(path);
  const barrier = above === path ? undefined : findBarrier(above, user);
  return barrier ?? (mayEnter(path, user) ? undefined : path);
}

function mayEnter(path: string, user: SystemUser): boolean {
  const { mode, uid, gid } = statSync(path);
  if (user.uid === 0) return true;
  return (uid === user.uid ? mode & 0o100 : gid === user.gid ? mode & 0o010 : mode & 0o001) !== 0;
}
