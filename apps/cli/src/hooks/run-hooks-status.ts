import type { HooksStatusFlags } from '../commands/hooks/status.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { choosePath } from '../source/choose-path.ts';
import { findHooksDirectory } from './find-hooks-directory.ts';
import { findHookState } from './hook-files.ts';
import { hookNames } from './hook-names.ts';

const descriptions = {
  absent: 'not installed',
  edited: 'installed, and edited since',
  foreign: "somebody else's hook",
  installed: 'installed',
  'installed-with-previous': 'installed, after the hook that was there',
} as const;

export async function runHooksStatus(flags: HooksStatusFlags, context: CliContext): Promise<ExitCode> {
  const { stdout } = context;
  const directory = await findHooksDirectory(choosePath(flags.repoPath, context), context);
  await stdout.write(`${directory.path}${directory.setBy === undefined ? '' : ` (core.hooksPath of ${directory.setBy})`}\n`);
  for (const hook of hookNames) {
    const state = await findHookState(directory.path, hook);
    const isOurs = state !== 'absent' && state !== 'foreign';
    await stdout.write(
      `  ${isOurs ? stdout.paint('green', stdout.symbols.check) : stdout.symbols.cross} ${hook.padEnd(10)}  ${descriptions[state]}\n`,
    );
  }
  return exitCodes.clean;
}
