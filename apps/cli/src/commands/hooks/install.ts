import { type Command, Option } from 'commander';
import type { CliContext } from '../../context.ts';
import { addCommonOptions, addExamples, type CommonFlags } from '../add-options.ts';
import { type HookName, hookNames } from '../../hooks/hook-names.ts';

export interface HooksInstallFlags extends CommonFlags {
  readonly repoPath?: string;
  readonly hook: readonly HookName[];
  readonly chain?: boolean;
}

export function addHooksInstallCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('install')
    .summary('install the hooks in a repository')
    .description(
      'Install the hooks in a repository: a commit or push with a secret in it is stopped then. A hook of somebody else is never overwritten.',
    )
    .option('--repo-path <path>', 'repository (default: .)')
    .addOption(new Option('--hook <name...>', 'only these').choices(hookNames).default(hookNames, 'both'))
    .option('--chain', 'where there is a hook already, run it first and ours after it');
  addCommonOptions(command);
  addExamples(command, [
    ['deployguard hooks install', 'both, in the repository of this folder'],
    ['deployguard hooks install --hook pre-push', 'at the push only'],
    ['git commit --no-verify', 'past the hook, for once'],
  ]);
  command.action(async (flags: HooksInstallFlags) => {
    const { runHooksInstall } = await import('../../hooks/run-hooks-install.ts');
    context.exitCode = await runHooksInstall(flags, context);
  });
}
