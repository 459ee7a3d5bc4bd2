import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addCommonOptions, type CommonFlags } from '../add-options.ts';

export interface HooksUninstallFlags extends CommonFlags {
  readonly repoPath?: string;
}

export function addHooksUninstallCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('uninstall')
    .summary('remove our hooks and put back the ones before')
    .description('Remove our hooks and put back the ones that were there before.')
    .option('--repo-path <path>', 'repository (default: .)');
  addCommonOptions(command).action(async (flags: HooksUninstallFlags) => {
    const { runHooksUninstall } = await import('../../hooks/run-hooks-uninstall.ts');
    context.exitCode = await runHooksUninstall(flags, context);
  });
}
