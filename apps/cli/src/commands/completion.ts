import { Argument, type Command } from 'commander';
import type { CliContext } from '../context.ts';
import { addExamples } from './add-options.ts';

export const shells = ['bash', 'fish', 'zsh'] as const;

export type Shell = (typeof shells)[number];

export function addCompletionCommand(program: Command, context: CliContext): void {
  const command = program
    .command('completion')
    .summary('print a completion script for your shell')
    .description('Prints a script that completes commands, options and their values, the ids of rules among them.')
    .addArgument(new Argument('<shell>', 'your shell').choices(shells));
  addExamples(command, [
    ['deployguard completion bash >> ~/.bashrc', 'bash'],
    ['deployguard completion zsh > ~/.zfunc/_deployguard', 'zsh; ~/.zfunc must be in $fpath'],
    ['deployguard completion fish > ~/.config/fish/completions/deployguard.fish', 'fish'],
  ]);
  command.action(async (shell: Shell) => {
    const { buildCompletion } = await import('../completion/build-completion.ts');
    const { buildProgram } = await import('../program.ts');
    const { builtInRules } = await import('@deployguard/secrets');
    const ruleIds = builtInRules.map(({ id }) => id);
    await context.stdout.write(buildCompletion(shell, buildProgram(context), ruleIds));
  });
}
