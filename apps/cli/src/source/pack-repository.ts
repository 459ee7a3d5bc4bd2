import type { Repository } from '@deployguard/git';
import { writeBundle } from '@deployguard/secrets';
import { CliError } from '../cli-error.ts';

const missingParts = ['shallow', 'partial'];

/**
 * Packs a repository with its history into one file, to hand it over. What the checkouts of pipelines mostly are is refused: no secret is found in
 * history that is not there, and nobody could unpack the rest of it.
 *
 * @param name of it, for messages
 * @throws {CliError} `SOURCE_NOT_COMPLETE`
 */
export async function packRepository(repository: Repository, name: string, file: string): Promise<void> {
  const missing = repository.obstacles.filter(({ kind }) => missingParts.includes(kind));
  if (missing.length > 0) {
    const hint = 'Pipelines check out a part by default: `fetch-depth: 0` has all of it at GitHub, `GIT_DEPTH: 0` at GitLab.';
    throw new CliError('SOURCE_NOT_COMPLETE', `${name} cannot be handed over. ${missing.map(({ message }) => message).join(' ')} ${hint}`);
  }
  await writeBundle(repository, file);
}
