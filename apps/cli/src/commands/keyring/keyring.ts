import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addCommonOptions, type CommonFlags } from '../add-options.ts';

export function addKeyringCommand(program: Command, context: CliContext): void {
  const command = program.command('keyring').summary("make and change the service's keys").description("The service's keys.");
  const create = command
    .command('create')
    .summary('make keys for a service of several processes')
    .description(
      'Make keys for a service of several processes, which all need the same: for reports, fingerprints and proofs. The embedded service makes its own. Keep a copy elsewhere: without the keys, stored reports cannot be read.',
    )
    .argument('<file>', 'where to write them; name it with DEPLOYGUARD_KEYRING_FILE');
  addCommonOptions(create).action(async (file: string, flags: CommonFlags) => {
    const { runKeyringCreate } = await import('../../keyring/run-keyring-create.ts');
    context.exitCode = await runKeyringCreate(file, flags, context);
  });
  const rotate = command
    .command('rotate')
    .summary('encrypt with a new key from the next start on')
    .description('Add a key that encrypts from the next start on. What older keys have encrypted can still be read.')
    .argument('<file>', 'the keyring');
  addCommonOptions(rotate).action(async (file: string, flags: CommonFlags) => {
    const { runKeyringRotate } = await import('../../keyring/run-keyring-rotate.ts');
    context.exitCode = await runKeyringRotate(file, flags, context);
  });
}
