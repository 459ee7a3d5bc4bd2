import type { ServiceFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { withDatabaseTools } from './open-tools.ts';

export async function runDbHistory(flags: ServiceFlags, context: CliContext): Promise<ExitCode> {
  return withDatabaseTools(flags, context, async (tools) => {
    for (const { name, state, appliedAt } of await tools.history()) {
      await context.stdout.write(`${state.padEnd(8)} ${(appliedAt?.toISOString() ?? '').padEnd(24)} ${name}\n`);
    }
    return exitCodes.clean;
  });
}
