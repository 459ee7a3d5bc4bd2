import { checkConfig, describeConfig } from '@deployguard/server';
import type { ServiceFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';

export async function runConfigCheck(flags: ServiceFlags, context: CliContext): Promise<ExitCode> {
  const { environment, workingDirectory, stdout, stderr } = context;
  const loaded = await checkConfig({ environment, workingDirectory, ...(flags.config === undefined ? {} : { file: flags.config }) });
  for (const warning of loaded.warnings) await stderr.write(`${stderr.paint('yellow', 'warning:')} ${warning}\n`);
  if (flags.quiet) return exitCodes.clean;
  for (const { name, value, origin } of describeConfig(loaded)) await stdout.write(`${name} = ${value}  (${origin})\n`);
  return exitCodes.clean;
}
