import type { Git } from '@deployguard/git';

/** The root commit with the earliest date; `undefined` when there is no commit. */
export async function findOldestRoot(git: Git): Promise<string | undefined> {
  const output = (await git.run(['rev-list', '--max-parents=0', '--all'])).toString('latin1');
  return await findOldestCommit(
    git,
    output.split('\n').filter((line) => line !== ''),
  );
}

/** Of these commits the one with the earliest committer date; among equals the first id. */
export async function findOldestCommit(git: Git, commits: readonly string[]): Promise<string | undefined> {
  if (commits.length < 2) return commits[0];
  const output = await git.run(['log', '--no-walk=unsorted', '--stdin', '--no-show-signature', '--format=%ct %H'], {
    stdin: Buffer.from(commits.map((commit) => `${commit}\n`).join('')),
  });
  const dated = output
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ seconds: Number.parseInt(line, 10), commit: line.slice(line.indexOf(' ') + 1) }));
  return dated.sort((a, b) => a.seconds - b.seconds || (a.commit < b.commit ? -1 : 1))[0]?.commit;
}
