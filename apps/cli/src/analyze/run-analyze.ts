import { resolve } from 'node:path';
import { type Analysis, analyzeTree, openFolderTree, openGitTree } from '@deployguard/delivery';
import { CliError } from '../cli-error.ts';
import type { AnalyzeFlags } from '../commands/analyze.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { openSource } from '../source/open-source.ts';
import type { Progress } from '../terminal/progress.ts';
import { renderAnalysis } from './render-analysis.ts';

/**
 * Analyses a folder, or the commit that HEAD of a repository leads to.
 *
 * @throws {CliError} `USAGE` when both are named.
 */
export async function runAnalyze(
  folder: string | undefined,
  flags: AnalyzeFlags,
  context: CliContext,
  progress: Progress,
): Promise<ExitCode> {
  if (folder !== undefined && (flags.repoPath ?? flags.url) !== undefined)
    throw new CliError('USAGE', 'A folder and a repository are named. Name one of them.');
  try {
    const analysis = folder === undefined ? await analyzeCommit(flags, context, progress) : await analyzeFolder(folder, flags, context);
    progress.stop();
    const { stdout } = context;
    await stdout.write(flags.format === 'json' ? `${JSON.stringify(analysis, undefined, 2)}\n` : renderAnalysis(analysis, stdout));
    return exitCodes.clean;
  } finally {
    progress.stop();
  }
}

async function analyzeFolder(folder: string, { root }: AnalyzeFlags, { workingDirectory }: CliContext): Promise<Analysis> {
  return await analyzeTree(await openFolderTree(resolve(workingDirectory, folder)), toOptions(root));
}

async function analyzeCommit(
  flags: AnalyzeFlags,
  context: CliContext,
  progress: Progress,
): Promise<Analysis & { readonly commit: string }> {
  await using source = await openSource(flags, context, progress);
  const tree = await openGitTree(source.repository);
  return { commit: tree.commit, ...(await analyzeTree(tree, toOptions(flags.root))) };
}

function toOptions(root: string | undefined): { readonly root?: string } {
  return root === undefined ? {} : { root };
}
