import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { createTemporaryDirectory } from '@deployguard/testkit';
import { launcher } from './run-cli.ts';

export interface StartedService extends AsyncDisposable {
  readonly url: string;
  /** What the commands of the operator need to find its database. */
  readonly environment: Readonly<Record<string, string>>;
}

/** `deployguard serve` as a user starts it, on a free port, with data of its own. */
export async function startService(settings: Readonly<Record<string, string>>): Promise<StartedService> {
  const directory = createTemporaryDirectory();
  // The private PostgreSQL runs as another user when the tests run as root.
  chmodSync(directory.path, 0o755);
  const environment = { DEPLOYGUARD_DATA_DIRECTORY: `${directory.path}/data`, PORT: '0', ...settings };
  const child = spawn(process.execPath, [launcher, 'serve'], {
    cwd: directory.path,
    env: { PATH: process.env['PATH'], HOME: directory.path, TMPDIR: process.env['TMPDIR'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    const url = /is ready: (\S+)/.exec(output)?.[1];
    if (url !== undefined) resolve(url);
  });
  void exited.then(() => reject(new Error(`The service ended:\n${output}`)));
  return {
    url: await promise,
    environment,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await exited;
      directory.dispose();
    },
  };
}
