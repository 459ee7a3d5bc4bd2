import { type Command, Option } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServerOptions, parseCount, type ServerFlags } from '../add-options.ts';

export interface ApiKeysRotateFlags extends ServerFlags {
  readonly overlapSeconds?: number;
}

export function addApiKeysRotateCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('rotate')
    .summary('replace a key by a new one')
    .description('Make a key with the same name, rights and end as another, print it, and end the other.')
    .argument('<key>', 'id of the key')
    .addOption(new Option('--overlap-seconds <seconds>', 'how long the old key still works (default: no longer)').argParser(parseCount));
  addServerOptions(command).action(async (id: string, flags: ApiKeysRotateFlags) => {
    const { runApiKeysRotate } = await import('../../api-keys/run-api-keys-rotate.ts');
    context.exitCode = await runApiKeysRotate(id, flags, context);
  });
}
