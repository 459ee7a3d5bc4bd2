import { existsSync } from 'node:fs';
import { cleanedLayoutAt, type CleanedLayout, defaultCleanedPath, loadProven, type Proof } from '@deployguard/secrets';
import { CliError } from '../cli-error.ts';
import type { PushFlags } from '../commands/push.ts';
import type { CliContext } from '../context.ts';
import { describeRefusal } from '../prove/describe-refusal.ts';
import { findProven } from '../prove/find-proven.ts';
import { findTrustedKeys } from '../prove/find-trusted-keys.ts';

export interface ChosenResult {
  readonly layout: CleanedLayout;
  /** Absent when the user goes on without one. */
  readonly proof?: Proof;
  /** Why the proof that lies beside a result which is pushed without one says nothing of it. */
  readonly refused?: string;
}

/**
 * What to push.
 *
 * @throws {CliError} `NO_PROVEN_RESULT` with the reasons; with `--unproven` only when there is nothing to push at all.
 */
export async function chooseResult(path: string, flags: PushFlags, context: CliContext, workDirectory: string): Promise<ChosenResult> {
  if (flags.unproven) return await describeUnproven(findUnproven(path), flags, context, workDirectory);
  const { result, refused } = await findProven(path, findTrustedKeys(flags.publicKey, context), workDirectory);
  if (!result) throw new CliError('NO_PROVEN_RESULT', `${describeRefusal(path, refused)}\nTo push one all the same: --unproven`);
  return result;
}

/** The last result beside the path, else what stands at the path. */
function findUnproven(path: string): CleanedLayout {
  let last = path;
  for (let number = 1; existsSync(defaultCleanedPath(path, number)); number++) last = defaultCleanedPath(path, number);
  return cleanedLayoutAt(last);
}

async function describeUnproven(
  layout: CleanedLayout,
  flags: PushFlags,
  context: CliContext,
  workDirectory: string,
): Promise<ChosenResult> {
  if (!existsSync(layout.proof)) return { layout };
  try {
    await loadProven(layout.repository, { trustedKeys: findTrustedKeys(flags.publicKey, context), workDirectory });
    return { layout };
  } catch (error) {
    return { layout, refused: error instanceof Error ? error.message : String(error) };
  }
}
