import { type Scope, scopes } from '@deployguard/contracts/words';
import { type Command, Option } from 'commander';
import type { CliContext } from '../../context.ts';
import { addExamples, addServiceOptions, parseCount, type ServiceFlags } from '../add-options.ts';

export interface ApiKeysIssueFlags extends ServiceFlags {
  readonly user: string;
  readonly name: string;
  readonly scope: readonly Scope[];
  readonly expiresInDays?: number;
}

export function addApiKeysIssueCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('issue')
    .summary("make a user's key in the service's database")
    .description(
      "Make a user's key in the service's database, for whoever runs the service: with it, the user signs in for the first time and makes others. It is printed, and shown only this once.",
    )
    .requiredOption('--user <id>', 'whose key it is')
    .option('--name <name>', 'what it is for', 'first key')
    .addOption(new Option('--scope <scope...>', 'what it may do (default: everything)').choices(scopes).default(scopes, 'all'))
    .addOption(new Option('--expires-in-days <days>', 'when it ends by itself (default: never)').argParser(parseCount));
  addServiceOptions(command);
  addExamples(command, [
    ['deployguard api-keys issue --user alice --expires-in-days 1 | deployguard login', 'on the machine of the service'],
  ]);
  command.action(async (flags: ApiKeysIssueFlags) => {
    const { runApiKeysIssue } = await import('../../api-keys/run-api-keys-issue.ts');
    context.exitCode = await runApiKeysIssue(flags, context);
  });
}
