import { execFile } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTemporaryDirectory } from './temporary-directory.ts';

export type ServiceName = 'postgres' | 'rabbitmq' | 'redis' | 's3';

export interface TestServicesOptions {
  /** Servers of one's own, which can be ended at will, instead of those that all tests share. */
  readonly isPrivate?: boolean;
  /** After this RabbitMQ takes an unacknowledged message back. */
  readonly consumerTimeoutMilliseconds?: number;
}

/** Real servers on this machine, on free ports. Shared ones outlive the test and end by themselves after the last one. */
export interface TestServices extends AsyncDisposable {
  /** Their addresses: `DATABASE_URL`, `RABBITMQ_URL`, `REDIS_URL`, `S3_ENDPOINT_URL`, `S3_ACCESS_KEY`, `S3_SECRET_KEY`, `S3_REGION`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Starts what was ended, at the same address and with its data. */
  start(...names: ServiceName[]): Promise<void>;
  /** SIGKILL. Only for private ones. */
  kill(...names: ServiceName[]): Promise<void>;
  /** An orderly end. Only for private ones. */
  stop(...names: ServiceName[]): Promise<void>;
  /** Runs a program of a service, such as `rabbitmqctl` or `psql`, and returns what it printed. */
  run(name: ServiceName, ...command: readonly string[]): Promise<string>;
}

const script = join(import.meta.dirname, '../../../scripts/services');
const execute = promisify(execFile);

/** Starts real servers with `scripts/services`, or finds them started. */
export async function startTestServices(names: readonly ServiceName[], options: TestServicesOptions = {}): Promise<TestServices> {
  const directory = options.isPrivate ? createTemporaryDirectory('dg-services-') : undefined;
  const settings: NodeJS.ProcessEnv = { ...process.env };
  if (directory !== undefined) {
    // The servers run under another account when root starts them.
    chmodSync(directory.path, 0o711);
    settings['DEPLOYGUARD_SERVICES_DIRECTORY'] = join(directory.path, 'services');
  }
  if (options.consumerTimeoutMilliseconds !== undefined) {
    settings['RABBITMQ_CONSUMER_TIMEOUT_MILLISECONDS'] = String(options.consumerTimeoutMilliseconds);
  }
  const call = async (...args: readonly string[]): Promise<string> => (await execute(script, args, { env: settings })).stdout;
  const up = async (which: readonly ServiceName[]): Promise<string> => await call('up', '--for', String(ownerOf(directory)), ...which);
  const assertPrivate = (): void => {
    if (directory === undefined) throw new Error('Other tests use these servers. Start private ones to end them.');
  };

  const close = async (): Promise<void> => {
    if (directory === undefined) return;
    await call('down');
    directory.dispose();
  };
  const printed = await up(names).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    environment: parseEnvironment(printed),
    async start(...which) {
      await up(which);
    },
    async kill(...which) {
      assertPrivate();
      await call('kill', ...which);
    },
    async stop(...which) {
      assertPrivate();
      await call('stop', ...which);
    },
    run: async (name, ...command) => await call('run', name, ...command),
    [Symbol.asyncDispose]: close,
  };
}

function parseEnvironment(lines: string): Record<string, string> {
  return Object.fromEntries([...lines.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name!, value!]));
}

/** For whom they run: a whole run of tests, where one runner starts a process for each file, so that the next file finds them started. */
function ownerOf(directory: unknown): number {
  return directory === undefined && process.env['NODE_TEST_CONTEXT'] !== undefined ? process.ppid : process.pid;
}
