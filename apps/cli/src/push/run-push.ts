import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseCloneUrl, pushRepository } from '@deployguard/git';
import { cleanedLayoutAt, type CleanedLayout } from '@deployguard/secrets';
import { CliError } from '../cli-error.ts';
import type { PushFlags } from '../commands/push.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { describeRefusal } from '../prove/run-prove.ts';
import { findProven } from '../prove/find-proven.ts';
import { findTrustedKeys } from '../prove/find-trusted-keys.ts';
import { chooseTransfer } from '../source/choose-transfer.ts';
import { findTopDirectory } from '../source/find-top-directory.ts';
import type { Progress } from '../terminal/progress.ts';
import { loadExpectedTargets } from './load-expected-targets.ts';
import { hasFailed, renderPush } from './render-push.ts';

/**
 * Publishes the newest proven result of a repository, and asks the target afterwards what it has.
 *
 * @throws {CliError} `NO_PROVEN_RESULT` unless told to go on without a proof.
 */
export async function runPush(flags: PushFlags, context: CliContext, progress: Progress): Promise<ExitCode> {
  const { stdout, workingDirectory } = context;
  const target = parseCloneUrl(flags.targetUrl).url;
  const path = flags.repoPath === undefined ? findTopDirectory(workingDirectory) : resolve(workingDirectory, flags.repoPath);
  const workDirectory = await mkdtemp(join(tmpdir(), 'deployguard-'));
  try {
    const layout = await chooseResult(path, flags, context, workDirectory, progress);
    const expected = await loadExpectedTargets(layout);
    const options = {
      ...chooseTransfer(flags.targetUrl, context),
      workDirectory,
      expectedTargets: expected.targets,
      deleteRefs: flags.force ? expected.renamed : [],
      force: flags.force ?? false,
      signal: context.signal,
    };
    const pushed = await pushRepository(layout.repository, flags.targetUrl, {
      ...options,
      onProgress: ({ phase, done, total }) => progress.update({ label: `Pushing: ${phase}`, done, total }),
    });
    progress.update({ label: 'Checking what the target has', done: 0, total: 0 });
    const after = await pushRepository(layout.repository, flags.targetUrl, { ...options, dryRun: true });
    progress.stop();
    await stdout.write([...renderPush({ target, layout, pushed, after }, stdout)].join(''));
    return hasFailed(pushed, after) ? exitCodes.refused : exitCodes.clean;
  } finally {
    progress.stop();
    await rm(workDirectory, { recursive: true, force: true });
  }
}

async function chooseResult(path: string, flags: PushFlags, context: CliContext, workDirectory: string, progress: Progress): Promise<CleanedLayout> {
  if (!flags.unproven) {
    const { result, refused } = await findProven(path, findTrustedKeys(flags.publicKey, context), workDirectory);
    if (!result) throw new CliError('NO_PROVEN_RESULT', `${describeRefusal(path, refused)}\nTo push without a proof: --unproven`);
    return result.layout;
  }
  progress.clear();
  const { stderr } = context;
  await stderr.write(`${stderr.paint('red', 'warning:')} Pushing WITHOUT a proof: nothing says that this history is free of secrets.\n`);
  return findUnproven(path);
}
