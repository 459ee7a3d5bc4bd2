import { once } from 'node:events';
import { type ServicePart, loadConfig, startService } from '@deployguard/server';
import type { ServiceFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';

/** Runs a part of the service until a signal ends it, or it cannot go on. Its log, on standard output, is for programs; what people need is on standard error. */
export async function runService(part: ServicePart, flags: ServiceFlags, context: CliContext): Promise<ExitCode> {
  const { environment, workingDirectory, stderr, signal } = context;
  const { config, warnings } = loadConfig({
    environment,
    workingDirectory,
    ...(flags.config === undefined ? {} : { file: flags.config }),
  });
  const service = await startService(part, { config, warnings });
  if (service.url !== undefined && !flags.quiet) await stderr.write(`DeployGuard is ready: ${service.url} (API: ${service.url}/docs)\n`);
  const failure = signal.aborted ? undefined : await Promise.race([service.failed, once(signal, 'abort').then(() => undefined)]);
  await service.stop();
  if (failure !== undefined) throw failure;
  // To end is what it was asked for.
  context.isExpectedToBeInterrupted = true;
  return exitCodes.clean;
}
