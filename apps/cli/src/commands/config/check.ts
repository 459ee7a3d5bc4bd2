import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServiceOptions, type ServiceFlags } from '../add-options.ts';

export function addConfigCheckCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('check')
    .summary('check the settings as the service would read them')
    .description(
      'Check the settings as the service would read them here and now, and what they name: files, keys, certificates, folders. Nothing is connected to. List those that are set, with where they come from; secrets are not shown. Tells everything that is wrong, and exits with 2 then.',
    );
  addServiceOptions(command).action(async (flags: ServiceFlags) => {
    const { runConfigCheck } = await import('../../config/run-config-check.ts');
    context.exitCode = await runConfigCheck(flags, context);
  });
}
