import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';

/** How long a client may take to read the answer on a connection that ends with it. */
const lingerMs = 5000;

/**
 * To be called before the end of an answer: what is left of its request goes to nobody, and is read away. A connection that is closed with bytes
 * unread would be reset, and what the client has not read yet of its answer be lost; one that ends with the answer is therefore kept for a while.
 */
export function readRestAway(request: IncomingMessage): void {
  if (request.complete) return;
  request.unpipe().resume();
  const { socket } = request;
  socket.destroySoon = () => {
    if (request.complete) return Socket.prototype.destroySoon.call(socket);
    socket.end();
    const timer = setTimeout(() => socket.destroy(), lingerMs);
    socket.once('close', () => clearTimeout(timer));
  };
}
