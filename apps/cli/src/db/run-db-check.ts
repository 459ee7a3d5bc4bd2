import type { ServiceFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { withDatabaseTools } from './open-tools.ts';

export async function runDbCheck(flags: ServiceFlags, context: CliContext): Promise<ExitCode> {
  return withDatabaseTools(flags, context, async (tools) => {
    const differences = await tools.check();
    for (const difference of differences) await context.stdout.write(`${difference}\n`);
    if (differences.length > 0) return exitCodes.refused;
    if (!flags.quiet) await context.stdout.write(`The database in ${tools.place}, the migrations and their listing are the same.\n`);
    return exitCodes.clean;
  });
}
