import type { CommitReference } from '@deployguard/findings';
import type { Git } from '@deployguard/git';

/** Author, date and subject of commits, in UTF-8 whatever the commit's own encoding. */
export async function readCommitReferences(git: Git, commits: Iterable<string>): Promise<Map<string, CommitReference>> {
  const references = new Map<string, CommitReference>();
  const ids = [...new Set(commits)];
  if (ids.length === 0) return references;

  const output = await git.run(
    ['log', '--no-walk=unsorted', '--stdin', '--no-show-signature', '--encoding=UTF-8', '-z', '--format=%H%x1f%aI%x1f%an%x1f%ae%x1f%s'],
    {
      stdin: Buffer.from(ids.map((id) => `${id}\n`).join('')),
    },
  );
  for (const line of output.toString('utf8').split('\0')) {
    if (line === '') continue;
    const [id = '', date = '', authorName = '', authorEmail = '', ...subject] = line.split('\x1f');
    references.set(id, { id, date, authorName, authorEmail, subject: subject.join(' ') });
  }
  return references;
}
