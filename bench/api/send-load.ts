import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface LoadTarget {
  readonly host: string;
  readonly port: number;
}

export interface LoadRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface LoadOptions {
  readonly target: LoadTarget;
  readonly seconds: number;
  /** The bytes of the request with this number; the same for the same number, so that they are made once. */
  readonly requests: readonly LoadRequest[];
  /** What every answer must have; any other ends the measurement. */
  readonly status: number;
}

/** As many requests as `clients` get answered, each sending the next when it has its answer. Returns answers per second. */
export async function sendClosedLoop({ target, seconds, requests, status, clients }: LoadOptions & { clients: number }): Promise<number> {
  const texts = requests.map((request) => formatRequest(request));
  const connections = await Promise.all(Array.from({ length: clients }, () => openConnection(target)));
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;
  let answered = 0;
  await Promise.all(
    connections.map(async (connection, client) => {
      for (let number = client; performance.now() < endsAt; number += clients) {
        assertStatus(await connection.ask(texts[number % texts.length]!), status);
        answered++;
      }
    }),
  );
  const elapsed = (performance.now() - startedAt) / 1000;
  for (const connection of connections) connection.close();
  return answered / elapsed;
}

/**
 * Requests that come at a fixed rate, whether earlier ones are answered or not. Returns how long each took, from the moment when it was due, in
 * milliseconds, sorted: what waited in here because others were slow counts, too.
 */
export async function sendOpenLoop({
  target,
  seconds,
  requests,
  status,
  perSecond,
}: LoadOptions & { perSecond: number }): Promise<number[]> {
  const texts = requests.map((request) => formatRequest(request));
  const free: Connection[] = [];
  const times: number[] = [];
  const under: Promise<void>[] = [];
  const startedAt = performance.now();
  const count = Math.floor(seconds * perSecond);
  for (let number = 0; number < count; number++) {
    const dueAt = startedAt + (number * 1000) / perSecond;
    const early = dueAt - performance.now();
    if (early > 0) await delay(early);
    under.push(
      (async () => {
        const connection = free.pop() ?? (await openConnection(target));
        assertStatus(await connection.ask(texts[number % texts.length]!), status);
        times.push(performance.now() - dueAt);
        free.push(connection);
      })(),
    );
  }
  await Promise.all(under);
  for (const connection of free) connection.close();
  return times.sort((a, b) => a - b);
}

export function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!;
}

interface Connection {
  /** Sends one request and returns the status of its answer. */
  ask(request: string): Promise<string>;
  close(): void;
}

/** A connection with one request at a time. Reads no more of HTTP than answers with Content-Length need: the client shares the processors. */
async function openConnection({ host, port }: LoadTarget): Promise<Connection> {
  const socket: Socket = connect({ host, port, noDelay: true });
  let answer: PromiseWithResolvers<string> | undefined;
  let received = '';
  socket.setEncoding('latin1');
  socket.on('data', (text: string) => {
    received += text;
    const headEnd = received.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(received.slice(0, headEnd + 2))?.[1] ?? 0);
    if (received.length < headEnd + 4 + length) return;
    const status = received.slice(9, 12);
    received = '';
    answer?.resolve(status);
  });
  const fail = (): void => answer?.reject(new Error('The server closed a connection before it answered.'));
  socket.on('error', fail).on('close', fail);
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return {
    ask(request) {
      answer = Promise.withResolvers();
      socket.write(request);
      return answer.promise;
    },
    close: () => socket.destroy(),
  };
}

function formatRequest({ method, path, headers, body = '' }: LoadRequest): string {
  const lines = Object.entries({
    host: 'localhost',
    ...headers,
    ...(body === '' ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}

function assertStatus(status: string, expected: number): void {
  if (status !== String(expected)) throw new Error(`A request was answered with ${status} instead of ${expected}.`);
}
