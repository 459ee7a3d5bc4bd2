import { quotePath } from '@deployguard/findings';
import type { Git } from '@deployguard/git';
import type { Redactor } from './redact.ts';

/** What objects are called in lists for people: the id, with one of its paths where a commit holds it, without any value. */
export async function namePlaces(git: Git, oids: ReadonlySet<string>, redactor: Redactor): Promise<(oid: string) => string> {
  const paths = await findPaths(git, oids);
  return (oid) => {
    const path = paths.get(oid);
    if (path === undefined) return oid;
    const bytes = Buffer.from(path, 'latin1');
    return `${oid} ${quotePath((redactor.redact(bytes, 'file-name') ?? bytes).toString('latin1'))}`;
  };
}

/** Paths are Latin-1, one character a byte. */
async function findPaths(git: Git, oids: ReadonlySet<string>): Promise<Map<string, string>> {
  const paths = new Map<string, string>();
  if (oids.size === 0) return paths;
  const running = git.start(['rev-list', '--objects', '--all']);
  let rest = '';
  for await (const chunk of running.stdout) {
    const lines = (rest + (chunk as Buffer).toString('latin1')).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      const gap = line.indexOf(' ');
      if (gap !== -1 && oids.has(line.slice(0, gap))) paths.set(line.slice(0, gap), line.slice(gap + 1));
    }
  }
  await running.done;
  return paths;
}
