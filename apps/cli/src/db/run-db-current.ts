import type { ServiceFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { withDatabaseTools } from './open-tools.ts';

export async function runDbCurrent(flags: ServiceFlags, context: CliContext): Promise<ExitCode> {
  return withDatabaseTools(flags, context, async (tools) => {
    const history = await tools.history();
    const last = history.findLast(({ state }) => state !== 'pending');
    const pending = history.filter(({ state }) => state === 'pending').length;
    await context.stdout.write(`${last?.name ?? 'base'}${pending > 0 && !flags.quiet ? ` (${pending} pending)` : ''}\n`);
    return exitCodes.clean;
  });
}
