import type { Repository } from '@deployguard/git';

const maxListBytes = 512 * 1024 * 1024;

/**
 * What stands under each path of a folder of a commit, as words that differ when files, their modes or their links do: ids that git has for them.
 * For what is not there, and behind links, it is the whole folder's.
 *
 * @param folder from the top of the repository; empty: all of it
 */
export async function identifyContent({ git }: Repository, commit: string, folder: string): Promise<(path: string) => string> {
  const top = `${commit}:${folder}`;
  const whole = (await git.run(['rev-parse', '--verify', '--end-of-options', top])).toString('latin1').trim();
  // `<mode> <type> <id>\t<path>`, folders too (git-ls-tree(1)).
  const list = await git.run(['ls-tree', '-r', '-t', '-z', '--full-tree', '--end-of-options', top], { maxOutputBytes: maxListBytes });
  const entries = list
    .toString('utf8')
    .split('\0')
    .map((entry) => /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(entry))
    .filter((match) => match !== null);
  const ids = new Map(entries.filter(([, mode]) => mode !== '120000').map(([, mode, id, path]) => [path!, `${mode}-${id}`]));
  return (path) => ids.get(path) ?? whole;
}
