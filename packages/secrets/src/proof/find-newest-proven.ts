import type { KeyObject } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openLocalRepository } from '@deployguard/git';
import { cleanedLayoutAt, defaultCleanedPath, findCleanedNumber } from './cleaned-layout.ts';
import type { CleanedLayout } from './cleaned-layout.ts';
import { digestRefs } from './digest-refs.ts';
import type { Proof } from './proof.ts';
import { ProofError } from './proof-error.ts';
import { loadEnvelope } from './save-proof.ts';
import { verifyProof } from './sign-proof.ts';

export interface FindProvenOptions {
  /** Whose signatures count. */
  readonly trustedKeys: readonly KeyObject[];
  readonly workDirectory: string;
}

export interface ProvenResult {
  readonly layout: CleanedLayout;
  readonly proof: Proof;
}

export interface RefusedResult {
  readonly path: string;
  /** For a person: why this result does not count. */
  readonly why: string;
}

/**
 * The newest cleaned result of `source` whose proof holds, among those at the default places beside it. Newest by the time in the signed
 * proof, not by the file system's. `refused` tells of the others, so that nobody wonders.
 */
export async function findNewestProven(
  source: string,
  options: FindProvenOptions,
): Promise<{ readonly result: ProvenResult | undefined; readonly refused: readonly RefusedResult[] }> {
  const directory = dirname(defaultCleanedPath(source));
  const names = (await readdir(directory)).filter((name) => findCleanedNumber(source, name) !== undefined);
  const proven: ProvenResult[] = [];
  const refused: RefusedResult[] = [];
  for (const name of names) {
    const path = join(directory, name);
    try {
      proven.push(await loadProven(path, options));
    } catch (error) {
      refused.push({ path, why: error instanceof Error ? error.message : String(error) });
    }
  }
  proven.sort((a, b) => Date.parse(b.proof.createdAt) - Date.parse(a.proof.createdAt));
  return { result: proven[0], refused };
}

/**
 * A cleaned repository with its proof, when the proof is signed by a trusted key, says `proven`, and is about the refs that are there now.
 * Ids are hashes, so equal refs mean that everything they reach is what was proved. Throws with the reason otherwise.
 */
export async function loadProven(repositoryPath: string, options: FindProvenOptions): Promise<ProvenResult> {
  const layout = cleanedLayoutAt(repositoryPath);
  const proof = verifyProof(await loadProofFile(layout.proof), options.trustedKeys);
  if (proof.verdict !== 'proven') {
    const failed = proof.checks.filter(({ passed }) => !passed).map(({ name }) => name);
    throw new ProofError('NOT_PROVEN', `Its proof failed: ${failed.join(', ')}.`);
  }
  await using repository = await openLocalRepository(layout.repository, { workDirectory: options.workDirectory });
  if (digestRefs(repository.refs) !== proof.repository.refsDigest) {
    throw new ProofError('NOT_PROVEN', 'Its refs were changed after it was proved. Prove it again.');
  }
  return { layout, proof };
}

async function loadProofFile(path: string): Promise<unknown> {
  try {
    return await loadEnvelope(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new ProofError('NOT_PROVEN', 'It has no proof beside it: its cleaning did not finish.');
  }
}
