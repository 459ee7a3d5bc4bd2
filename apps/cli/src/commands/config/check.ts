import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { addServiceOptions, type ServiceFlags } from '../add-options.ts';

export function addConfigCheckCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command('check')
    .summary('check the settings as the service would read them')
    .description(
      'Check the settings as the service would read them here and now, and list those that are set, with where they come from. Secrets are not shown. Exits with 2 when something is wrong.',
    );
  addServiceOptions(command).action(async (flags: ServiceFlags) => {
    const { runConfigCheck } = await import('../../config/run-config-check.ts');
    context.exitCode = await runConfigCheck(flags, context);
  });
}
