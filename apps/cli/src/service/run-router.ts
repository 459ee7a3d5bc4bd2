import { loadConfig, startRouterPart } from '@deployguard/server';
import type { ServiceFlags } from '../commands/add-options.ts';
import type { CliContext } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';

/** Runs the router until a signal, or an order through its control socket, ends it. */
export async function runRouter(flags: ServiceFlags, context: CliContext): Promise<ExitCode> {
  const { environment, workingDirectory, stderr, signal } = context;
  const { config } = loadConfig({ environment, workingDirectory, ...(flags.config === undefined ? {} : { file: flags.config }) });
  const router = await startRouterPart(config);
  if (!flags.quiet) await stderr.write(`The router is ready: ${router.url}\n`);
  await router.runUntil(signal);
  // To end is what it was asked for.
  context.isExpectedToBeInterrupted = true;
  return exitCodes.clean;
}
