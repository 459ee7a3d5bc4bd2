import type { SandboxGround } from './sandbox.ts';
import { findProgram } from './find-program.ts';
import { ProcessError } from './process-error.ts';
import { runProcess } from './run-process.ts';

/** What sandboxes on this machine are made of, or why there can be none. */
export type SandboxAnswer = { readonly ground: SandboxGround } | { readonly ground?: undefined; readonly problem: string };

const trialSeconds = 10;

/**
 * Whether programs can run in sandboxes here. That bubblewrap is installed says little: kernels and containers forbid what it does. So it is done once,
 * with this Node.
 */
export async function findSandbox(options: Omit<SandboxGround, 'program'>): Promise<SandboxAnswer> {
  const { searchPath } = options;
  const program = findProgram('bwrap', searchPath);
  if (program === undefined) return { problem: 'bubblewrap (bwrap) is not installed.' };
  const ground = { ...options, program };
  try {
    const { exitCode, stderr } = await runProcess({
      program: process.execPath,
      args: ['--version'],
      env: { PATH: searchPath },
      cwd: '/',
      sandbox: { ...ground, readable: [], writable: [], temporaryBytes: 1_048_576 },
      timeoutSeconds: trialSeconds,
    });
    return exitCode === 0 ? { ground } : { problem: `bubblewrap (bwrap) does not work here: ${firstLine(stderr)}` };
  } catch (error) {
    if (error instanceof ProcessError) return { problem: `bubblewrap (bwrap) does not work here: ${error.message}` };
    throw error;
  }
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]!;
}
