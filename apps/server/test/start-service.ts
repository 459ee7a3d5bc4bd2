import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const script = join(import.meta.dirname, '../../../scripts/services');
const run = promisify(execFile);

export type ServiceName = 'postgres' | 'rabbitmq' | 'redis' | 's3';

/** Servers that other tests use as well; or, with a directory, one's own: those may be killed. */
export interface ServiceOptions {
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts a real server, unless it runs already, until this process ends. Returns its address. */
export async function startService(name: ServiceName, options: ServiceOptions = {}): Promise<string> {
  const { stdout } = await run(script, ['up', '--for', String(process.pid), name], { env: toEnvironment(options) });
  return stdout.trim().slice(stdout.indexOf('=') + 1);
}

/** SIGKILL; `startService` brings it back at the same address with its data. */
export async function killService(name: ServiceName, options: ServiceOptions & { readonly directory: string }): Promise<void> {
  await run(script, ['kill', name], { env: toEnvironment(options) });
}

/** Ends one's own servers and deletes their data. */
export async function endServices(options: ServiceOptions & { readonly directory: string }): Promise<void> {
  await run(script, ['down'], { env: toEnvironment(options) });
}

function toEnvironment({ directory, environment }: ServiceOptions): NodeJS.ProcessEnv {
  return { ...process.env, ...environment, ...(directory === undefined ? {} : { DEPLOYGUARD_SERVICES_DIRECTORY: directory }) };
}
