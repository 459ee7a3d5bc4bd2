import type { Duplex } from 'node:stream';

export interface WebSocketEnds {
  readonly client: Duplex;
  /** What the client sent behind its request. */
  readonly head: Buffer;
  readonly application: Duplex;
  /** Of the application's answer, as a flat list. */
  readonly headers: readonly string[];
  readonly onEnd: () => void;
}

/** Tells the client that the application has agreed, and joins the two connections: what one says the other one hears, until one is gone. */
export function joinWebSocket({ client, head, application, headers, onEnd }: WebSocketEnds): void {
  let hasEnded = false;
  const end = (): void => {
    client.destroy();
    application.destroy();
    if (!hasEnded) onEnd();
    hasEnded = true;
  };
  for (const socket of [client, application]) socket.on('error', end).on('close', end);
  if (client.destroyed) return end();

  const lines = ['HTTP/1.1 101 Switching Protocols', 'connection: Upgrade', 'upgrade: websocket'];
  for (let at = 0; at < headers.length; at += 2) lines.push(`${headers[at]}: ${headers[at + 1]}`);
  client.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  if (head.length > 0) application.write(head);
  application.pipe(client);
  client.pipe(application);
}
