import { openLocalRepository } from '@deployguard/git';
import type { ProvenResult } from '@deployguard/secrets';
import { CliError } from '../cli-error.ts';

/**
 * Compares the objects that are there with the tallies of the proof: equal refs say nothing about objects that no ref reaches.
 *
 * @throws {CliError} `NO_PROVEN_RESULT`
 */
export async function checkObjects({ layout, proof }: ProvenResult, workDirectory: string): Promise<void> {
  await using repository = await openLocalRepository(layout.repository, { workDirectory });
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
