import type { CliContext } from './context.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import { exitCodeByErrorCode } from './exit-code-by-error-code.ts';

/** Tells the user what went wrong and returns what the process should tell its caller. */
export async function reportError(error: unknown, context: CliContext): Promise<ExitCode> {
  const { stderr, signal } = context;
  if (isFromParser(error)) return error.exitCode === 0 ? exitCodes.clean : exitCodes.usage;
  // Ctrl-C in a review is a key, not a signal.
  if (signal.aborted || (error instanceof Error && error.name === 'AbortError')) {
    await stderr.write(`${stderr.paint('yellow', 'Interrupted.')} Nothing was left half done.\n`);
    return exitCodes.interrupted;
  }

  if (isForTheUser(error)) {
    await stderr.write(`${stderr.paint('red', 'error:')} ${error.message}\n`);
    return exitCodeByErrorCode[error.code] ?? exitCodes.refused;
  }
  if (isFromSystem(error)) {
    await stderr.write(`${stderr.paint('red', 'error:')} ${describeSystemError(error)}\n`);
    return exitCodes.refused;
  }
  await stderr.write(describeBug(error, context.environment['DEPLOYGUARD_DEBUG'] !== undefined));
  return exitCodes.bug;
}

/** Errors of our packages: their messages are written for the user, their codes are upper snake case. */
function isForTheUser(error: unknown): error is Error & { readonly code: string } {
  if (!(error instanceof Error) || !hasCode(error) || 'syscall' in error) return false;
  return /^[A-Z][A-Z0-9_]*$/.test(error.code) && !error.code.startsWith('ERR_');
}

/** Failed system calls: full disks, missing permissions. */
function isFromSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'errno' in error && 'syscall' in error;
}

function isFromParser(error: unknown): error is Error & { readonly exitCode: number } {
  return error instanceof Error && hasCode(error) && error.code.startsWith('commander.') && 'exitCode' in error;
}

function hasCode(error: Error): error is Error & { readonly code: string } {
  return 'code' in error && typeof error.code === 'string';
}

const systemReasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ENOENT: 'no such file or directory',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is not a directory',
  EEXIST: 'it exists already',
  EMFILE: 'too many open files',
};

function describeSystemError({ code, path, syscall }: NodeJS.ErrnoException): string {
  const reason = systemReasons[code ?? ''] ?? code ?? 'unknown reason';
  return path === undefined ? `${syscall} failed: ${reason}` : `${path}: ${reason}`;
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
