import type { Repository } from '@deployguard/git';

/** How many objects the refs and hidden roots lead to that are not there, as git finds them: for where links are not known. */
export async function countMissingThroughGit({ git, hiddenRoots }: Repository, signal: AbortSignal | undefined): Promise<number> {
  const running = git.start(['rev-list', '--objects', '--all', '--missing=print', '--quiet', '--stdin'], {
    stdin: Buffer.from(hiddenRoots.map(({ target }) => `${target}\n`).join('')),
    ...(signal && { signal }),
  });
  let count = 0;
  // One line each: a question mark and the id.
  for await (const chunk of running.stdout as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(questionMark); at !== -1; at = chunk.indexOf(questionMark, at + 1)) count++;
  }
  await running.done;
  return count;
}

const questionMark = 0x3f;
