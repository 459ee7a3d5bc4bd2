import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addCommonOptions, type CommonFlags } from '../add-options.ts';

export interface HooksStatusFlags extends CommonFlags {
  readonly repoPath?: string;
}

export function addHooksStatusCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('status')
    .summary('tell which hooks are installed, and where')
    .description('Tell which hooks are installed, and where.')
    .option('--repo-path <path>', 'repository (default: .)');
  addCommonOptions(command).action(async (flags: HooksStatusFlags) => {
    const { runHooksStatus } = await import('../../hooks/run-hooks-status.ts');
    context.exitCode = await runHooksStatus(flags, context);
  });
}
