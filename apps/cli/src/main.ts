import { join } from 'node:path';
import packageFile from '../package.json' with { type: 'json' };
import type { CliContext } from './context.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import { buildProgram } from './program.ts';
import { reportError } from './report-error.ts';
import { createTerminal } from './terminal/terminal.ts';

/** Runs the command line of a process and ends it with its exit code. */
export async function main(process: NodeJS.Process): Promise<void> {
  const environment = process.argv.includes('--no-color') ? { ...process.env, NO_COLOR: '1' } : process.env;
  const context: CliContext = {
    version: packageFile.version,
    environment,
    workingDirectory: process.cwd(),
    program: { node: process.execPath, launcher: join(import.meta.dirname, '..', 'bin', 'deployguard.mjs') },
    stdin: process.stdin,
    stdout: createTerminal(process.stdout, environment),
    // Where nothing can be said, saying so is of no use.
    stderr: createTerminal(process.stderr, environment, { isBestEffort: true }),
    signal: abortOnSignals(process),
    exitCode: exitCodes.clean,
  };
  // Write errors arrive at the callers of `write`; without a listener they would end the process as well.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});

  const exitCode = await run(process.argv, context);
  // What was written last comes out first; then nobody waits for timers and threads that have nothing left to do.
  const flushed = await Promise.allSettled([context.stdout.write(''), context.stderr.write('')]);
  const isWritten = flushed.every(({ status }) => status === 'fulfilled');
  process.exit(isWritten || exitCode !== exitCodes.clean ? exitCode : exitCodes.refused);
}

async function run(words: readonly string[], context: CliContext): Promise<ExitCode> {
  try {
    await buildProgram(context, words[2]).parseAsync(words);
    // What was cut off must not look like a result.
    return context.signal.aborted && !context.isExpectedToBeInterrupted ? exitCodes.interrupted : context.exitCode;
  } catch (error) {
    return await reportError(error, context);
  }
}

/** The first signal asks the command to stop and clean up; one that comes later does not wait for that. */
function abortOnSignals(process: NodeJS.Process): AbortSignal {
  const controller = new AbortController();
  let firstAt: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to us and to the launcher, which passes it on: that is one signal.
      if (firstAt !== undefined && performance.now() - firstAt > 250) process.exit(exitCodes.interrupted);
      firstAt ??= performance.now();
      controller.abort();
    });
  }
  return controller.signal;
}
