import { checkHealth, loadConfig } from '@deployguard/server';
import type { ServiceFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';

export async function runHealth(flags: ServiceFlags, context: CliContext): Promise<ExitCode> {
  const { environment, workingDirectory, stdout } = context;
  const { config } = loadConfig({ environment, workingDirectory, ...(flags.config === undefined ? {} : { file: flags.config }) });
  const url = await checkHealth(config);
  if (!flags.quiet) await stdout.write(`${url} is healthy.\n`);
  return exitCodes.clean;
}
