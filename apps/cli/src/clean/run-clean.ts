import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openLocalRepository } from '@deployguard/git';
import {
  assertRewritable,
  buildTemporaryPath,
  type Proof,
  removeLeftOvers,
  type RewriteProgress,
  rewriteRepository,
  type RewriteResult,
  saveProof,
  signProof,
  writeBundle,
  writeZip,
} from '@deployguard/secrets';
import { CliError } from '../cli-error.ts';
import type { CleanFlags } from '../commands/clean.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { type OpenSource, openSource } from '../source/open-source.ts';
import type { Progress } from '../terminal/progress.ts';
import { writeOutput } from '../terminal/write-output.ts';
import { assertUnchanged } from './assert-unchanged.ts';
import { chooseOutput, type CleanOutput } from './choose-output.ts';
import { type CleanSelection, gatherSelection } from './gather-selection.ts';
import { loadSigningKey } from './load-signing-key.ts';
import { proveCleaned } from './prove-cleaned.ts';
import { renderCleaned } from './render-cleaned.ts';
import { assertNothingStaged, assertStillIdle, findInPlaceTarget, type InPlaceTarget, replaceInPlace } from './replace-in-place.ts';
import { writeAftercare } from './write-aftercare.ts';

/** What the steps of one cleaning share. */
export interface CleanJob {
  readonly flags: CleanFlags;
  readonly context: CliContext;
  readonly progress: Progress;
  readonly source: OpenSource;
  readonly output: CleanOutput;
  readonly inPlace?: InPlaceTarget;
  /** Where the result stands until it is delivered. */
  readonly gitDir: string;
  readonly selection: CleanSelection;
}

/**
 * Selects, rewrites, proves, delivers, in this order. The source is only read; with `--in-place` it is swapped as the last step, and only
 * for a result that is proven.
 */
export async function runClean(flags: CleanFlags, context: CliContext, progress: Progress): Promise<ExitCode> {
  assertSomethingIsSelected(flags);
  try {
    await using source = await openSource(flags, context, progress);
    // Also where nothing is found: what is not there was not looked at, and nobody chooses in vain.
    assertRewritable(source.repository);
    const output = await chooseOutput(flags, source, context);
    const suffix = toTimestamp(new Date());
    const inPlace = output.kind === 'in-place' ? await findInPlaceTarget(source.path!, suffix) : undefined;
    if (inPlace) await assertNothingStaged(inPlace, source);
    const selection = await gatherSelection(source, flags, context, progress);
    if (!selection) return exitCodes.clean;
    if (selection.values.length + selection.removePaths.length === 0) {
      progress.stop();
      await context.stdout.write(`${context.stdout.paint('green', context.stdout.symbols.check)} Nothing to remove.\n`);
      return exitCodes.clean;
    }
    const gitDir = inPlace?.newDirectory ?? (await chooseWorkPlace(output, source));
    return await rewriteAndDeliver({ flags, context, progress, source, output, ...(inPlace && { inPlace }), gitDir, selection });
  } finally {
    progress.stop();
  }
}

function assertSomethingIsSelected({ all, interactive, secretId, fromReport, replaceText, removePath }: CleanFlags): void {
  if (all || interactive || [secretId, fromReport, replaceText, removePath].some((option) => option !== undefined)) return;
  throw new CliError(
    'NOTHING_SELECTED',
    'Say what to remove: --interactive, --secret-id, --from-report, --all, --replace-text or --remove-path. `deployguard scan` shows what there is.',
  );
}

/** Beside its final place, so that a rename delivers it; what is not delivered as a directory is made in the private one. */
async function chooseWorkPlace({ kind, layout }: CleanOutput, { workDirectory }: OpenSource): Promise<string> {
  if (kind !== 'directory') return join(workDirectory, 'cleaned.git');
  await removeLeftOvers(layout.repository);
  return buildTemporaryPath(layout.repository);
}

/** `20260131-102030`. */
function toTimestamp(now: Date): string {
  return now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
}

const phaseLabels: Readonly<Record<RewriteProgress['phase'], string>> = {
  searching: 'Searching objects',
  files: 'Rewriting files',
  trees: 'Rewriting trees',
  commits: 'Rewriting commits',
  copying: 'Copying objects',
  finishing: 'Writing the result',
};

async function rewriteAndDeliver(job: CleanJob): Promise<ExitCode> {
  const { context, progress, source, output, gitDir, selection } = job;
  try {
    const rewrite = await rewriteRepository(source.repository, {
      values: selection.values,
      removePaths: selection.removePaths,
      outputDirectory: gitDir,
      onProgress: ({ phase, done, total }) => progress.update({ label: phaseLabels[phase], done, total }),
      signal: context.signal,
    });
    if (output.kind === 'none') {
      progress.stop();
      await writeOutput(renderCleaned(job, rewrite), context.stdout);
      return exitCodes.clean;
    }
    return await proveAndDeliver(job, rewrite);
  } finally {
    await rm(gitDir, { recursive: true, force: true });
  }
}

/** The proof comes last: a result without one is unfinished. */
async function proveAndDeliver(job: CleanJob, rewrite: RewriteResult): Promise<ExitCode> {
  const { context, progress, output } = job;
  // Loaded first: a key that cannot be used should not be found out after the work.
  const signer = await loadSigningKey(job.flags.signingKey, context);
  const proof = await proveAndPlace(job, rewrite);
  const isProven = proof.verdict === 'proven';
  const aftercare = isProven ? await writeAftercare(job, rewrite, proof) : undefined;
  await saveProof(output.layout.proof, signProof(proof, signer.key));
  progress.stop();
  await writeOutput(renderCleaned(job, rewrite, { proof, signer, ...aftercare }), context.stdout);
  return isProven ? exitCodes.clean : exitCodes.refused;
}

/** Maps without the result that they speak of are taken away again. */
async function proveAndPlace(job: CleanJob, rewrite: RewriteResult): Promise<Proof> {
  const { maps } = job.output.layout;
  const hadMaps = existsSync(maps);
  try {
    const proof = await proveCleaned(job, rewrite);
    if (proof.verdict === 'proven' || job.output.kind === 'directory') await deliver(job);
    return proof;
  } catch (error) {
    if (!hadMaps) await rm(maps, { recursive: true, force: true });
    throw error;
  }
}

/** A result whose proof failed is delivered as a directory only, where it can be looked at and where no other command takes it for proven. */
async function deliver({ source, output, inPlace, gitDir }: CleanJob): Promise<void> {
  switch (output.kind) {
    case 'directory':
      return await putInPlace(gitDir, output.layout.repository);
    case 'zip':
      return await writeZip(gitDir, output.layout.repository);
    case 'bundle': {
      await using cleaned = await openLocalRepository(gitDir, { workDirectory: source.workDirectory });
      return await writeBundle(cleaned, output.layout.repository);
    }
    case 'in-place': {
      await using cleaned = await openLocalRepository(gitDir, { workDirectory: source.workDirectory });
      await assertUnchanged(source);
      await assertStillIdle(inPlace!, source);
      return await replaceInPlace(inPlace!, source, cleaned);
    }
    case 'none':
  }
}

/** An earlier result, which may be replaced here, goes when the new one stands. */
async function putInPlace(directory: string, place: string): Promise<void> {
  const old = buildTemporaryPath(place);
  if (existsSync(place)) await rename(place, old);
  await rename(directory, place);
  await rm(old, { recursive: true, force: true });
}
