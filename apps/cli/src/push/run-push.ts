import { resolve } from 'node:path';
import { openLocalRepository, parseCloneUrl, pushRepository, type PushOptions, type PushResult } from '@deployguard/git';
import { neutralizeText } from '@deployguard/reports';
import type { PushFlags } from '../commands/push.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { choosePath } from '../source/choose-path.ts';
import { chooseTransfer } from '../source/choose-transfer.ts';
import { createWorkDirectory } from '../source/create-work-directory.ts';
import { openSource } from '../source/open-source.ts';
import type { Progress } from '../terminal/progress.ts';
import { checkPushed, type PushCheck } from './check-pushed.ts';
import { chooseResult, type ChosenResult } from './choose-result.ts';
import { loadRefMap } from './load-ref-map.ts';
import { renderPush } from './render-push.ts';

/** What the steps of one push share. */
export interface PushJob {
  readonly flags: PushFlags;
  readonly context: CliContext;
  readonly progress: Progress;
  readonly workDirectory: string;
  /** What the user named: the repository that was cleaned, or the result itself. */
  readonly path: string;
  readonly result: ChosenResult;
}

/** Publishes the newest proven result of a repository, then reads back what the target hands out. */
export async function runPush(givenFlags: PushFlags, context: CliContext, progress: Progress): Promise<ExitCode> {
  const flags = { ...givenFlags, targetUrl: resolveTarget(givenFlags.targetUrl, context) };
  const path = choosePath(flags.repoPath, context);
  const { url } = parseCloneUrl(flags.targetUrl, { allowFile: true });
  await using work = await createWorkDirectory();
  const { path: workDirectory } = work;
  try {
    const result = await chooseResult(path, flags, context, workDirectory);
    if (!result.proof) await warnOfMissingProof(result, context, progress);
    const job: PushJob = { flags, context, progress, workDirectory, path, result };
    const pushed = await pushRepository(result.layout.repository, flags.targetUrl, await buildPushOptions(job));
    const check = await checkPushed(job, pushed);
    progress.stop();
    await context.stdout.write([...renderPush({ url, result, pushed, check, isForced: flags.force ?? false }, context.stdout)].join(''));
    return hasFailed(pushed, check) ? exitCodes.refused : exitCodes.clean;
  } finally {
    progress.stop();
  }
}

/** A path that says where it begins is meant from where the user is. */
function resolveTarget(target: string, { workingDirectory }: CliContext): string {
  return /^\.{1,2}(?:\/|$)/.test(target) ? resolve(workingDirectory, target) : target;
}

async function warnOfMissingProof({ layout, refused }: ChosenResult, { stderr }: CliContext, progress: Progress): Promise<void> {
  progress.clear();
  const beside = refused === undefined ? '' : ` The proof beside it (${layout.proof}) does not fit: ${refused}`;
  const message = `Pushing WITHOUT a proof: nothing says that this history is free of secrets.${beside}`;
  await stderr.write(`${stderr.paint('red', 'warning:')} ${neutralizeText(message)}\n`);
}

async function buildPushOptions({ flags, context, progress, workDirectory, path, result }: PushJob): Promise<PushOptions> {
  const expectedTargets = result.proof ? loadRefMap(result.layout.maps) : new Map<string, string>();
  const deleteRefs = flags.force && result.proof && path !== result.layout.repository ? await listRenamed() : [];
  return {
    ...chooseTransfer(flags.targetUrl, context),
    workDirectory,
    expectedTargets,
    deleteRefs,
    force: flags.force ?? false,
    onProgress: ({ phase, done, total }) => progress.update({ label: `Pushing: ${phase}`, done, total }),
    signal: context.signal,
  };

  /** Refs that were renamed because their names held a secret; the maps leave such names out, the source still has them. */
  async function listRenamed(): Promise<string[]> {
    await using source = await openSource({ repoPath: path }, context, progress);
    await using cleaned = await openLocalRepository(result.layout.repository, { workDirectory });
    const kept = new Set(cleaned.refs.map(({ name }) => name));
    const renamed = source.repository.refs.filter(({ name }) => !kept.has(name));
    for (const { name, target } of renamed) expectedTargets.set(name, target);
    return renamed.map(({ name }) => name);
  }
}

/** Refs that only the target has do not count: they are shown, and only its owner knows what they are. */
function hasFailed({ refs }: PushResult, check: PushCheck): boolean {
  return (
    check.verdict === 'failed' || check.verdict === 'other-ids' || refs.some(({ status }) => status === 'moved' || status === 'rejected')
  );
}
