import type { Git } from './git.ts';
import { GitError } from './git-error.ts';
import { stripControl } from './strip-control.ts';

export interface ReachableOptions {
  /** Objects to start from beside all refs and HEAD, such as hidden roots. */
  readonly roots?: readonly string[];
  /** Told of objects that are referred to and not there. Without it, a missing object is an error. */
  readonly onMissing?: (oid: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * The ids of all objects that refs, HEAD and the given roots lead to, once each, in batches as git finds them.
 * Throws `REPOSITORY_BROKEN` when the walk cannot be finished.
 */
export async function* listReachableObjects(git: Git, options: ReachableOptions = {}): AsyncGenerator<string[], void, undefined> {
  const args = ['rev-list', '--objects', '--no-object-names', ...(options.onMissing ? ['--missing=print'] : []), '--all', '--stdin'];
  const running = git.start(args, {
    stdin: Buffer.from((options.roots ?? []).map((oid) => `${oid}\n`).join('')),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  let isComplete = false;
  try {
    let rest = '';
    for await (const chunk of running.stdout) {
      const lines = (rest + (chunk as Buffer).toString('latin1')).split('\n');
      rest = lines.pop()!;
      yield options.onMissing ? takePresent(lines, options.onMissing) : lines;
    }
    isComplete = true;
  } finally {
    if (!isComplete) await running.kill();
  }
  const { exitCode, stderr } = await running.done;
  if (exitCode !== 0) {
    throw new GitError('REPOSITORY_BROKEN', 'The repository refers to objects that it does not hold.', {
      details: stripControl(stderr).trim(),
    });
  }
}

/** With `--missing=print`, git marks what is not there with a question mark. */
function takePresent(lines: readonly string[], onMissing: (oid: string) => void): string[] {
  return lines.filter((line) => {
    if (!line.startsWith('?')) return true;
    onMissing(line.slice(1));
    return false;
  });
}
