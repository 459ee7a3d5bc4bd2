import type { KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { cleanedLayoutAt, findNewestProven, loadProven, type ProvenResult, type RefusedResult } from '@deployguard/secrets';
import { CliError } from '../cli-error.ts';

export interface FoundProven {
  readonly result: ProvenResult | undefined;
  readonly refused: readonly RefusedResult[];
}

/**
 * The result that a path means: itself when a proof lies beside it (a result, or a repository cleaned in place), else its newest proven one.
 *
 * @throws {CliError} `USAGE` for a path where nothing is, and for an archive that has to be unpacked first.
 */
export async function findProven(path: string, trustedKeys: readonly KeyObject[], workDirectory: string): Promise<FoundProven> {
  assertReadable(path);
  const options = { trustedKeys, workDirectory };
  if (!existsSync(cleanedLayoutAt(path).proof)) return await findNewestProven(path, options);
  try {
    return { result: await loadProven(path, options), refused: [] };
  } catch (error) {
    const own = { path, why: error instanceof Error ? error.message : String(error) };
    const { result, refused } = await findNewestProven(path, options);
    return { result, refused: [own, ...refused] };
  }
}

function assertReadable(path: string): void {
  if (!existsSync(path))
    throw new CliError('USAGE', `There is nothing at ${path}. Name a cleaned repository, or the one it was made from.`);
  if (extname(path) !== '.zip') return;
  const { proof } = cleanedLayoutAt(path.slice(0, -'.zip'.length));
  throw new CliError(
    'USAGE',
    `${path} is an archive: unpack it, put ${basename(path)}.proof.json beside the folder as ${basename(proof)}, and name the folder.`,
  );
}
