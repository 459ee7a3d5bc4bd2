import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ServicePart } from '../src/index.ts';

export interface StartedPart {
  readonly url: string | undefined;
  readonly pid: number;
  /** Every line that it logged. */
  readonly log: readonly string[];
  /** When it has ended, however. */
  readonly exited: Promise<unknown>;
  /** SIGKILL; again it is no error. Returns when nothing of it runs. */
  kill(): Promise<void>;
  /** SIGTERM. Returns the exit code and how long it took. */
  stop(): Promise<{ readonly exitCode: number | null; readonly seconds: number }>;
}

const program = join(import.meta.dirname, 'service-main.ts');

/** Starts a part of the service in a process of its own, and waits until it is ready. */
export async function startPart(part: ServicePart, environment: Readonly<Record<string, string>>): Promise<StartedPart> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, part], {
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], ...environment },
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Not left behind when whoever started it comes to an early end.
  const abandon = (): void => void child.kill('SIGKILL');
  process.once('exit', abandon);
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const log: string[] = [];
  const ready = Promise.withResolvers<string | undefined>();
  createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
  createInterface({ input: child.stdout }).on('line', (line) => {
    log.push(line);
    const { msg, url } = JSON.parse(line) as { msg: string; url?: string };
    if (msg === 'ready') ready.resolve(url);
  });
  void exited.then(() => process.off('exit', abandon));
  void exited.then(() => ready.reject(new Error(`${part} ended:\n${log.join('\n')}`)));
  const url = await ready.promise;
  return {
    url,
    pid: child.pid!,
    log,
    exited,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      const askedAt = performance.now();
      child.kill('SIGTERM');
      const [exitCode] = await exited;
      return { exitCode, seconds: (performance.now() - askedAt) / 1000 };
    },
  };
}
