import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const script = join(import.meta.dirname, '../../../scripts/services');
const run = promisify(execFile);

export type ServiceName = 'postgres' | 'rabbitmq' | 'redis' | 's3';

/** Starts a real server, unless it runs already, until this process ends. Returns its address. */
export async function startService(name: ServiceName, environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const { stdout } = await run(script, ['up', '--for', String(process.pid), name], { env: { ...process.env, ...environment } });
  return stdout.trim().slice(stdout.indexOf('=') + 1);
}

/** SIGKILL; `startService` brings it back at the same address with its data. */
export async function killService(name: ServiceName, environment: Readonly<Record<string, string>> = {}): Promise<void> {
  await run(script, ['kill', name], { env: { ...process.env, ...environment } });
}
