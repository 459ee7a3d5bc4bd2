import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * As many requests as so many connections manage, asked by wrk (https://github.com/wg/wrk), which takes much less of a processor than a client in
 * Node. Requests per second. Throws where wrk is not installed, and when an answer was not good.
 */
export async function measureByWrk(port: number, path: string, connections: number, seconds: number): Promise<number> {
  const { stdout } = await run('wrk', [
    '--threads',
    '1',
    `--connections=${connections}`,
    `--duration=${seconds}s`,
    `http://127.0.0.1:${port}${path}`,
  ]);
  const failures = /^\s*(?:Socket errors|Non-2xx).*$/m.exec(stdout);
  if (failures !== null) throw new Error(failures[0].trim());
  return Number(/^Requests\/sec:\s*([\d.]+)$/m.exec(stdout)![1]);
}
