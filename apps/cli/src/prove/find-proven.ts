import type { KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cleanedLayoutAt, findNewestProven, loadProven, type ProvenResult, type RefusedResult } from '@deployguard/secrets';

export interface FoundProven {
  readonly result: ProvenResult | undefined;
  readonly refused: readonly RefusedResult[];
}

/** The result that a path means: itself when a proof lies beside it (a result, or a repository cleaned in place), else its newest proven one. */
export async function findProven(path: string, trustedKeys: readonly KeyObject[], workDirectory: string): Promise<FoundProven> {
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
