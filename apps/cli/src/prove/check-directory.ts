import { findSource, openLocalRepository, type Repository } from '@deployguard/git';
import { neutralizeText } from '@deployguard/reports';
import { listForeignFiles, type ProvenResult } from '@deployguard/secrets';
import { CliError } from '../cli-error.ts';

/**
 * Compares the objects that are there with the tallies of the proof, and the files with those that a result has: equal refs say nothing about
 * objects that no ref reaches, and nothing about files.
 *
 * @throws {CliError} `NO_PROVEN_RESULT`
 */
export async function checkDirectory(result: ProvenResult, workDirectory: string): Promise<void> {
  await using repository = await openLocalRepository(result.layout.repository, { workDirectory });
  await checkObjects(result, repository);
  await checkFiles(result, repository);
}

async function checkFiles({ layout, proof }: ProvenResult, repository: Repository): Promise<void> {
  const source = await findSource(layout.repository);
  if (source.kind === 'bundle') return;
  const foreign = await listForeignFiles(source.commonDir, { repository, isInPlace: proof.repository.isInPlace ?? false });
  if (foreign.length === 0) return;
  const shown = foreign.slice(0, maxShown).map(neutralizeText).join(', ');
  const more = foreign.length > maxShown ? ` and ${foreign.length - maxShown} more` : '';
  throw new CliError(
    'NO_PROVEN_RESULT',
    `${layout.repository} is not what was proven: ${shown}${more} did not come with it. Look at what that is and remove it, or clean the source again.`,
  );
}

const maxShown = 5;

async function checkObjects({ layout, proof }: ProvenResult, repository: Repository): Promise<void> {
  const listing = await repository.git.run([
    'cat-file',
    '--batch-all-objects',
    '--unordered',
    '--buffer',
    '--batch-check=%(objecttype) %(objectsize)',
  ]);
  const tallies = new Map<string, { count: number; bytes: number }>();
  for (const line of listing.toString('latin1').split('\n').slice(0, -1)) {
    const [type = '', size = ''] = line.split(' ');
    const { count, bytes } = tallies.get(type) ?? { count: 0, bytes: 0 };
    tallies.set(type, { count: count + 1, bytes: bytes + Number(size) });
  }
  for (const [type, expected] of Object.entries(proof.searched.objects)) {
    const found = tallies.get(type) ?? { count: 0, bytes: 0 };
    if (found.count === expected.count && found.bytes === expected.bytes) continue;
    throw new CliError(
      'NO_PROVEN_RESULT',
      `${layout.repository} is not what was proven: it holds ${found.count} objects of type ${type} (${found.bytes} bytes), the proof speaks of ${expected.count} (${expected.bytes} bytes). Clean the source again.`,
    );
  }
}
