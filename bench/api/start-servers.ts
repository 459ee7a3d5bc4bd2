import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { LoadTarget } from './send-load.ts';

export interface StartedServer {
  readonly pid: number;
  readonly target: LoadTarget;
  readonly url: string;
  stop(): Promise<void>;
}

const launcher = join(import.meta.dirname, '../../apps/cli/bin/deployguard.mjs');
const bareApi = join(import.meta.dirname, '../../apps/server/test/bare-api-main.ts');

/** What the bench's gateway proves itself with. */
export const gatewayProof = 'the proof of a gateway that is only a bench';

/** `deployguard api` or `serve` with everything on, and limits of requests that the bench does not reach. */
export async function startApi(part: 'api' | 'serve', settings: Readonly<Record<string, string>>): Promise<StartedServer> {
  const child = spawn(process.execPath, [launcher, part], {
    cwd: '/',
    env: {
      ...process.env,
      PORT: '0',
      DEPLOYGUARD_AUTH_API_KEYS: 'true',
      DEPLOYGUARD_AUTH_GATEWAY_PROOFS: gatewayProof,
      DEPLOYGUARD_HTTP_USER_REQUESTS_PER_MINUTE: '1000000',
      ...settings,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const line = await readLine(child, child.stderr!, /is ready: (\S+)/);
  return toServer(child, line);
}

/** The floor, see there. */
export async function startBareApi(databaseUrl: string): Promise<StartedServer> {
  const child = spawn(process.execPath, [bareApi, databaseUrl], { stdio: ['ignore', 'pipe', 'inherit'] });
  return toServer(child, `http://127.0.0.1:${await readLine(child, child.stdout!, /^(\d+)$/)}`);
}

async function readLine(child: ChildProcess, stream: NodeJS.ReadableStream, pattern: RegExp): Promise<string> {
  const lines: string[] = [];
  const found = Promise.withResolvers<string>();
  createInterface({ input: stream }).on('line', (line) => {
    const match = pattern.exec(line)?.[1];
    if (match !== undefined) found.resolve(match);
    if (lines.length < 50) lines.push(line);
  });
  child.once('exit', () => found.reject(new Error(`A server of the bench ended:\n${lines.join('\n')}`)));
  return await found.promise;
}

function toServer(child: ChildProcess, url: string): StartedServer {
  const { hostname, port } = new URL(url);
  return {
    pid: child.pid!,
    url,
    target: { host: hostname, port: Number(port) },
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}
