import { openLocalRepository, type Repository } from '@deployguard/git';
import { CliError } from '../cli-error.ts';
import type { OpenSource } from '../source/open-source.ts';

/**
 * Looks at the source once more: what was committed since it was opened is not in the cleaned repository.
 *
 * @throws {CliError} `REPOSITORY_CHANGED`
 */
export async function assertUnchanged({ path, repository, workDirectory }: OpenSource): Promise<void> {
  await using now = await openLocalRepository(path!, { workDirectory });
  if (describeState(now) === describeState(repository)) return;
  throw new CliError(
    'REPOSITORY_CHANGED',
    `${path} changed while it was being cleaned. Nothing was replaced; clean it again when nobody works in it.`,
  );
}

function describeState({ refs, head, hiddenRoots }: Repository): string {
  return JSON.stringify([refs, head, hiddenRoots]);
}
