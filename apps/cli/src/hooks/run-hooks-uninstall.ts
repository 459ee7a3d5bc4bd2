import type { HooksUninstallFlags } from '../commands/hooks/uninstall.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { choosePath } from '../source/choose-path.ts';
import { findHooksDirectory } from './find-hooks-directory.ts';
import { uninstallHook } from './hook-files.ts';
import { hookNames } from './hook-names.ts';

const outcomes = {
  absent: 'was not installed',
  edited: 'was edited after it was installed, and was left alone: take what is yours out of it, and delete it',
  foreign: "is somebody else's and was left alone",
  removed: 'removed',
  restored: 'removed; the hook that was there before is back',
} as const;

export async function runHooksUninstall(flags: HooksUninstallFlags, context: CliContext): Promise<ExitCode> {
  const directory = await findHooksDirectory(choosePath(flags.repoPath, context), context);
  for (const hook of hookNames) {
    const outcome = await uninstallHook(directory.path, hook);
    if (!flags.quiet) await context.stdout.write(`${hook} ${outcomes[outcome]}\n`);
  }
  return exitCodes.clean;
}
