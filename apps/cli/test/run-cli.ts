import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createTemporaryDirectory } from '@deployguard/testkit';

export const launcher = join(import.meta.dirname, '..', 'bin', 'deployguard.mjs');

export interface CliRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
  /** Both streams, for looking for what must not be in either. */
  readonly output: string;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdin?: string | Buffer;
  readonly node?: string;
  /** Called with the process id, before the program has done anything. */
  readonly onStart?: (pid: number) => void;
  /** Called with everything written so far, after each piece. */
  readonly onOutput?: (output: string, child: { readonly pid?: number | undefined; kill(signal: NodeJS.Signals): boolean }) => void;
}

/** Nothing of the person who runs the tests takes part; the runs share what a user's runs share. */
const home = createTemporaryDirectory('deployguard-home-');
process.on('exit', home.dispose);

const { PATH, TMPDIR, NODE_COMPILE_CACHE } = process.env;
const environment = { PATH, TMPDIR, NODE_COMPILE_CACHE };

/** Runs the real program in a process of its own, with pipes for streams. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const child = spawn(options.node ?? process.execPath, [launcher, ...args], {
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    env: { ...environment, HOME: home.path, LANG: 'C.UTF-8', ...options.environment },
    // A program that hangs may not listen any more.
    timeout: 120_000,
    killSignal: 'SIGKILL',
  });
  if (child.pid !== undefined) options.onStart?.(child.pid);
  return new Promise((resolve, reject) => {
    let [stdout, stderr, output] = ['', '', ''];
    const onData = (text: string): void => {
      output += text;
      options.onOutput?.(output, child);
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      onData(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      onData(text);
    });
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ stdout, stderr, exitCode, output }));
    child.stdin.on('error', () => {});
    child.stdin.end(options.stdin ?? '');
  });
}
