import { Argument, type Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { type HookName, hookNames } from '../../hooks/hook-names.ts';
import { addCommonOptions, type CommonFlags } from '../add-options.ts';

export function addHooksRunCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('run')
    .summary('do what the installed hook does; git calls this')
    .description('Do what the installed hook does; git calls this.')
    .addArgument(new Argument('<hook>', 'which one').choices(hookNames))
    .argument('[arguments...]', 'what git gives to the hook');
  addCommonOptions(command).action(async (hook: HookName, hookArguments: readonly string[], flags: CommonFlags) => {
    const { runHook } = await import('../../hooks/run-hook.ts');
    context.exitCode = await runHook(hook, hookArguments, flags, context);
  });
}
