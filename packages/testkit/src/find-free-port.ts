import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below what deployments give to applications, and below what systems give to whoever asks for any port (ip(7), ip_local_port_range). */
const first = 10_000;
const last = 19_999;
const attempts = 100;

/**
 * A port of 127.0.0.1 that nobody listens on, for a program that must be told its port. One that the system chose would be given to the
 * next connection that any program opens, before the program listens.
 */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = randomInt(first, last + 1);
    if (await isFree(port)) return port;
  }
  throw new Error(`None of ${attempts} ports from ${first} to ${last} is free.`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
