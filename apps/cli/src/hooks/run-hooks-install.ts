import type { HooksInstallFlags } from '../commands/hooks/install.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { choosePath } from '../source/choose-path.ts';
import { findHooksDirectory } from './find-hooks-directory.ts';
import { installHook } from './hook-files.ts';

export async function runHooksInstall(flags: HooksInstallFlags, context: CliContext): Promise<ExitCode> {
  const { stdout } = context;
  const directory = await findHooksDirectory(choosePath(flags.repoPath, context), context);
  for (const hook of flags.hook) {
    const state = await installHook(directory.path, hook, { program: context.program, chain: flags.chain ?? false });
    const after = state === 'installed-with-previous' ? ', after the hook that was there' : '';
    if (!flags.quiet) await stdout.write(`${stdout.paint('green', stdout.symbols.check)} ${hook} installed in ${directory.path}${after}\n`);
  }
  return exitCodes.clean;
}
