import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { LoadTarget } from './send-load.ts';

export interface Listener {
  readonly transport: 'websocket' | 'sse';
  /** The last sequence that came. */
  last: number;
  /** Something came that did not follow what came before. */
  isBroken: boolean;
  /** Stops reading: what was sent stays in the way between. */
  pause(): void;
  close(): void;
}

export interface ListenOptions {
  readonly target: LoadTarget;
  readonly path: string;
  readonly key: string;
  readonly transport: 'websocket' | 'sse';
  /** Told of every event. */
  readonly onEvent: (sequence: number) => void;
}

/** Opens a stream of events and returns when the server has answered. Reads only what the bench wants to know: the sequence of each event. */
export async function listenToEvents({ target, path, key, transport, onEvent }: ListenOptions): Promise<Listener> {
  const socket: Socket = connect({ ...target, noDelay: true });
  socket.setEncoding('latin1');
  const opened = Promise.withResolvers<void>();
  const listener: Listener = { transport, last: 0, isBroken: false, pause: () => socket.pause(), close: () => socket.destroy() };
  // The text of an event is the same on both ways, see formatEvent; server-sent events tell the sequence in `id`, too.
  const pattern = transport === 'websocket' ? /\{"sequence":(\d+),/g : /(?:^|\n)id: (\d+)\n/g;
  let isOpen = false;
  let rest = '';
  socket.on('data', (text: string) => {
    rest += text;
    if (!isOpen) {
      const end = rest.indexOf('\r\n\r\n');
      if (end < 0) return;
      const status = rest.slice(9, 12);
      if (status !== '101' && status !== '200') return opened.reject(new Error(`A stream was answered with ${status}.`));
      isOpen = true;
      rest = rest.slice(end + 4);
      opened.resolve();
    }
    let used = 0;
    for (const match of rest.matchAll(pattern)) {
      const sequence = Number(match[1]);
      if (sequence !== listener.last + 1) listener.isBroken = true;
      listener.last = sequence;
      used = match.index + match[0].length;
      onEvent(sequence);
    }
    // The beginning of a match may have come already.
    rest = rest.slice(Math.max(used, rest.length - 40));
  });
  socket.on('error', (error) => opened.reject(error));
  socket.write(
    `GET ${path} HTTP/1.1\r\nhost: localhost\r\nx-api-key: ${key}\r\n` +
      (transport === 'websocket'
        ? `connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${randomBytes(16).toString('base64')}\r\n\r\n`
        : 'accept: text/event-stream\r\n\r\n'),
  );
  await opened.promise;
  return listener;
}
