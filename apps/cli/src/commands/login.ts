import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { addCommonOptions, addConnectionOptions, addExamples, type ConnectionFlags, type CommonFlags } from './add-options.ts';

export interface LoginFlags extends CommonFlags, ConnectionFlags {
  readonly keyFile?: string;
}

export function addLoginCommand(program: Command, context: CliContext): void {
  const command = program
    .command('login')
    .summary('sign in at a service')
    .description(
      'Checks an API key with a service and keeps it for the commands that talk to it, in your configuration directory, readable by you alone. The key is typed unseen, or read from standard input. DEPLOYGUARD_API_KEY can be set instead, for programs.',
    )
    .option('--key-file <file>', 'file that holds the key');
  addCommonOptions(addConnectionOptions(command));
  addExamples(command, [
    ['deployguard login --server https://deployguard.example.com', 'asks for the key'],
    ['pass deployguard/key | deployguard login --server https://deployguard.example.com', 'from a password store'],
  ]);
  command.action(async (flags: LoginFlags) => {
    const { runLogin } = await import('../login/run-login.ts');
    context.exitCode = await runLogin(flags, context);
  });
}
