import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

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
    endSoon(socket);
  };
}

/** Ends a connection behind an answer, and does not wait for ever until its client does the same; what it still says is read away. */
export function endSoon(socket: Duplex): void {
  socket.resume();
  socket.end();
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(timer));
}
