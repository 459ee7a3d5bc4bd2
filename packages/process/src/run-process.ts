import type { Command } from './command.ts';
import { ProcessError } from './process-error.ts';
import { startProcess } from './start-process.ts';

/** What a program that came to its own end left. */
export interface ProcessResult {
  readonly stdout: Buffer;
  /** The last 64 KiB. */
  readonly stderr: string;
  readonly exitCode: number;
}

const defaultMaxOutputBytes = 256 * 1024 * 1024;

/**
 * Runs a program to its end and collects its output (at most 256 MiB unless the command says otherwise).
 *
 * A non-zero exit is an answer, not an error. Throws `ProcessError` when the program cannot be started, runs into its time, output or
 * resource limit, is cancelled, or is killed.
 */
export async function runProcess(command: Command): Promise<ProcessResult> {
  const maxOutputBytes = command.maxOutputBytes ?? defaultMaxOutputBytes;
  const running = startProcess(command.stdin === 'pipe' ? { ...command, stdin: 'ignore' } : command);
  const chunks: Buffer[] = [];
  let bytes = 0;
  running.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxOutputBytes) chunks.push(chunk);
    else void running.kill();
  });

  const { exitCode, stderr } = await running.done;
  if (bytes > maxOutputBytes) {
    throw new ProcessError('OUTPUT_LIMIT', `${command.program} was stopped: it wrote more than ${maxOutputBytes} bytes.`, { stderr });
  }
  return { stdout: Buffer.concat(chunks), stderr, exitCode };
}
