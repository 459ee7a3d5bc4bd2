import type { Git } from '@deployguard/git';

/** One path of each of the objects, as far as any commit holds them. Paths are Latin-1, one character a byte. */
export async function findPaths(git: Git, oids: ReadonlySet<string>): Promise<Map<string, string>> {
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
