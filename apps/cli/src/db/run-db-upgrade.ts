import type { ServiceFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { withDatabaseTools } from './open-tools.ts';

export async function runDbUpgrade(version: string, flags: ServiceFlags, context: CliContext): Promise<ExitCode> {
  return withDatabaseTools(flags, context, async (tools) => {
    const done = await tools.upgrade(await tools.resolveVersion(version));
    for (const { name } of done) await context.stdout.write(`applied ${name}\n`);
    if (done.length === 0 && !flags.quiet) await context.stdout.write('Nothing to do.\n');
    return exitCodes.clean;
  });
}
