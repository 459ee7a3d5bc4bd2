import type { ServiceFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { withDatabaseTools } from './open-tools.ts';

export async function runDbStamp(version: string, flags: ServiceFlags, context: CliContext): Promise<ExitCode> {
  return withDatabaseTools(flags, context, async (tools) => {
    await tools.stamp(await tools.resolveVersion(version));
    const last = (await tools.history()).findLast(({ state }) => state === 'applied');
    await context.stdout.write(`recorded ${last?.name ?? 'base'}\n`);
    return exitCodes.clean;
  });
}
