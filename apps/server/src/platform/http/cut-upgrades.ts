import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Ends connections that ask for another protocol and do not become a WebSocket in time: behind an earlier request that is still being answered, such
 * a one gets no answer, and Node no longer watches it.
 */
export function cutUpgrades({ server, websocketServer }: FastifyInstance, seconds: number): void {
  const timers = new WeakMap<object, NodeJS.Timeout>();
  server.on('upgrade', (_, socket: Socket) => {
    const timer = setTimeout(() => socket.destroy(), seconds * 1000);
    timers.set(socket, timer);
    socket.once('close', () => clearTimeout(timer));
  });
  websocketServer.on('connection', (_: unknown, { socket }: IncomingMessage) => clearTimeout(timers.get(socket)));
}
