import { once } from 'node:events';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { DeliveryError } from '../delivery-error.ts';
import { isAddress, isRoute } from './route-table.ts';
import type { Router, RouterDescription } from './router.ts';

const maxBodyBytes = 1024 * 1024;
/** What the kernel has room for in a socket's address (unix(7)). */
const maxPathBytes = 107;
const maxLimitMs = 24 * 60 * 60 * 1000;

/** What orders are given to. */
export interface Controlled {
  readonly router: Router;
  readonly describe: () => RouterDescription;
  /** Asks for the router's end, and does not wait for it. */
  readonly stop: () => void;
}

/** Takes orders for the router on a unix socket that only the own user may open. */
export async function startControlServer(path: string, controlled: Controlled): Promise<{ close(): Promise<void> }> {
  if (Buffer.byteLength(path) > maxPathBytes) {
    throw new DeliveryError(
      'ROUTER_UNREACHABLE',
      `The path of the router's control socket is longer than ${maxPathBytes} bytes: ${path}. Choose a shorter data directory.`,
    );
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  await removeLeftOver(path);
  const server = createServer((request, response) => {
    answer(controlled, request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(JSON.stringify({ message: error instanceof Error ? error.message : String(error) }));
    });
  });
  // From the first moment on: between listening and a change of mode others could come in.
  const before = process.umask(0o177);
  server.listen(path);
  process.umask(before);
  try {
    await once(server, 'listening');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    throw new DeliveryError('ROUTER_UNREACHABLE', `A router runs already: it has ${path}.`, { cause });
  }
  chmodSync(path, 0o600);
  return {
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer({ router, describe, stop }: Controlled, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? '';
  const reply = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  if (request.method === 'GET' && path === '/routes') return reply(200, await router.listRoutes());
  if (request.method === 'GET' && path === '/') return reply(200, describe());
  const body = await readJson(request);
  if (path === '/stop') {
    reply(200, {});
    return stop();
  }
  if (path === '/routes/set' && isRoute(body)) {
    await router.setRoute(body);
    return reply(200, {});
  }
  if (path === '/routes/remove' && isObject(body) && typeof body['host'] === 'string') {
    await router.removeRoute(body['host']);
    return reply(200, {});
  }
  if (path === '/drain' && isObject(body) && Array.isArray(body['addresses']) && body['addresses'].every(isAddress)) {
    const limitMs = Math.min(maxLimitMs, Math.max(0, Number(body['limitMs']) || 0));
    return reply(200, { cut: await router.drain(body['addresses'], { limitMs }) });
  }
  reply(400, { message: 'This order is not understood: router and service may be of different versions.' });
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new Error('The order is too large.');
    chunks.push(chunk);
  }
  return chunks.length === 0 ? undefined : (JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Of a router that ended without tidying up. One that runs is not pushed aside. */
async function removeLeftOver(path: string): Promise<void> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
  } catch (error) {
    // Where there is nothing, nothing is removed: another router that starts at this moment would lose its socket.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') rmSync(path, { force: true });
    return;
  } finally {
    socket.destroy();
  }
  throw new DeliveryError('ROUTER_UNREACHABLE', `A router runs already: it answers on ${path}.`);
}
