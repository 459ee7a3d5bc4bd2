import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface BrokerProxyConnection {
  readonly client: Socket;
  readonly broker: Socket;
}

export interface BrokerProxy {
  readonly url: string;
  /** How many connections there have been. */
  count(): number;
  /** Both directions of all connections come to nothing from now on; those that follow work. */
  mute(): void;
  close(): void;
}

export interface BrokerProxyOptions {
  /** What becomes of what the client sends; undefined: nothing. */
  readonly onSent?: (bytes: Buffer, connection: BrokerProxyConnection) => Buffer | undefined;
  /** What becomes of what the broker answers. */
  readonly onAnswered?: (bytes: Buffer, connection: BrokerProxyConnection) => Buffer | undefined;
}

/** Stands between a client and a real RabbitMQ, and does to their connections what networks and dying brokers do. */
export async function startBrokerProxy(brokerUrl: string, options: BrokerProxyOptions = {}): Promise<BrokerProxy> {
  const target = new URL(brokerUrl);
  const open = new Set<BrokerProxyConnection>();
  let count = 0;
  const server = createServer((client) => {
    const broker = connect(Number(target.port), target.hostname);
    const connection = { client, broker };
    count++;
    open.add(connection);
    const pass = (to: Socket, change: (bytes: Buffer, connection: BrokerProxyConnection) => Buffer | undefined) => (bytes: Buffer) => {
      const passed = open.has(connection) ? change(bytes, connection) : undefined;
      if (passed !== undefined) to.write(passed);
    };
    client.on('data', pass(broker, options.onSent ?? passAll)).on('error', () => {});
    broker.on('data', pass(client, options.onAnswered ?? passAll)).on('error', () => {});
    client.on('close', () => broker.destroy());
    broker.on('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(brokerUrl);
  url.port = String((server.address() as AddressInfo).port);
  url.hostname = '127.0.0.1';
  const everything: Socket[] = [];
  server.on('connection', (socket) => everything.push(socket));
  return {
    url: url.href,
    count: () => count,
    mute: () => open.clear(),
    close() {
      server.close();
      for (const socket of everything) socket.destroy();
    },
  };
}

function passAll(bytes: Buffer): Buffer {
  return bytes;
}
