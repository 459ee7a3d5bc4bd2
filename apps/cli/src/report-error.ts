import type { CliContext } from './context.ts';
import { describeSystemError, isSystemError } from './describe-system-error.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import { exitCodeByErrorCode } from './exit-code-by-error-code.ts';

/** Tells the user what went wrong and returns what the process should tell its caller. */
export async function reportError(error: unknown, context: CliContext): Promise<ExitCode> {
  const { stderr, signal } = context;
  if (isFromParser(error)) return error.exitCode === 0 ? exitCodes.clean : exitCodes.usage;
  // Ctrl-C in a review is a key, not a signal.
  if (signal.aborted || (error instanceof Error && error.name === 'AbortError')) {
    await stderr.write(`${stderr.paint('yellow', 'Interrupted.')} ${context.goesOn ?? 'Nothing was left half done.'}\n`);
    return exitCodes.interrupted;
  }

  if (isServerMissing(error)) {
    await stderr.write(
      `${stderr.paint('red', 'error:')} This command belongs to the service, which is not installed: npm install @deployguard/server\n`,
    );
    return exitCodes.refused;
  }
  if (isForTheUser(error)) {
    await stderr.write(`${stderr.paint('red', 'error:')} ${await neutralizeLines(error.message)}\n`);
    return exitCodeByErrorCode[error.code] ?? exitCodes.refused;
  }
  if (isSystemError(error)) {
    const where = error.path === undefined ? `${error.syscall} failed` : await neutralizeLines(error.path);
    await stderr.write(`${stderr.paint('red', 'error:')} ${where}: ${describeSystemError(error)}\n`);
    return exitCodes.refused;
  }
  await stderr.write(describeBug(error, context.environment['DEPLOYGUARD_DEBUG'] !== undefined));
  return exitCodes.bug;
}

/** Messages name paths and refs, which may hold anything. Imported late: a start without an error should not wait for it. */
async function neutralizeLines(text: string): Promise<string> {
  const { neutralizeText } = await import('@deployguard/reports');
  return text.split('\n').map(neutralizeText).join('\n');
}

/** Errors of our packages: their messages are written for the user, their codes are upper snake case. */
function isForTheUser(error: unknown): error is Error & { readonly code: string } {
  if (!(error instanceof Error) || !hasCode(error) || 'syscall' in error) return false;
  return /^[A-Z][A-Z0-9_]*$/.test(error.code) && !error.code.startsWith('ERR_');
}

/** The service is an optional dependency: whoever only scans does not need it. */
function isServerMissing(error: unknown): boolean {
  return (
    error instanceof Error && hasCode(error) && error.code === 'ERR_MODULE_NOT_FOUND' && error.message.includes("'@deployguard/server'")
  );
}

function isFromParser(error: unknown): error is Error & { readonly exitCode: number } {
  return error instanceof Error && hasCode(error) && error.code.startsWith('commander.') && 'exitCode' in error;
}

function hasCode(error: Error): error is Error & { readonly code: string } {
  return 'code' in error && typeof error.code === 'string';
}

/** The message of an unexpected error may quote what was being read, so only its kind and place are shown unless asked for. */
function describeBug(error: unknown, withMessage: boolean): string {
  const name = error instanceof Error ? error.name : typeof error;
  const frames = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
  return [
    `This is a fault in DeployGuard (${name}). Please report it with the lines below.`,
    ...(withMessage && error instanceof Error
      ? [error.message]
      : ['Set DEPLOYGUARD_DEBUG=1 to see the message; it may quote scanned content.']),
    ...frames,
    '',
  ].join('\n');
}
