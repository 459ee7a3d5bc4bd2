import { type Scope, scopes } from '@deployguard/contracts/words';
import { type Command, Option } from 'commander';
import type { CliContext } from '../../context.ts';
import { addExamples, addServerOptions, parseCount, type ServerFlags } from '../add-options.ts';

export interface ApiKeysCreateFlags extends ServerFlags {
  readonly name: string;
  readonly scope: readonly Scope[];
  readonly expiresInDays?: number;
}

export function addApiKeysCreateCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('create')
    .summary('make a key')
    .description('Make a key and print it: the only time that it is shown. It may do no more than you.')
    .requiredOption('--name <name>', 'what it is for')
    .addOption(new Option('--scope <scope...>', 'what it may do').choices(scopes).makeOptionMandatory())
    .addOption(new Option('--expires-in-days <days>', 'when it ends by itself (default: never)').argParser(parseCount));
  addServerOptions(command);
  addExamples(command, [
    ['deployguard api-keys create --name ci --scope jobs:read jobs:write sources:write --expires-in-days 90', 'for scans in CI'],
  ]);
  command.action(async (flags: ApiKeysCreateFlags) => {
    const { runApiKeysCreate } = await import('../../api-keys/run-api-keys-create.ts');
    context.exitCode = await runApiKeysCreate(flags, context);
  });
}
