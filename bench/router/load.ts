import { once } from 'node:events';
import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A request on one of the agent's connections, its answer read to the end. Throws unless the status is 200. */
async function get(agent: Agent, port: number, path: string): Promise<number> {
  const sent = request({ agent, host: '127.0.0.1', port, path }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => (bytes += chunk.length));
  await once(response, 'end');
  if (response.statusCode !== 200 || !response.complete) throw new Error(`status ${response.statusCode}`);
  return bytes;
}

/** As many requests as so many connections manage. Requests per second. */
export async function measureThroughput(port: number, path: string, connections: number, seconds: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const end = performance.now() + seconds * 1000;
  let count = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < end) {
        await get(agent, port, path);
        count++;
      }
    }),
  );
  agent.destroy();
  return count / seconds;
}

/** Milliseconds of each of the requests that are sent at fixed times, whether those before them have been answered or not. */
export async function measureLatency(port: number, path: string, perSecond: number, seconds: number): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 200 });
  const start = performance.now();
  const pending: Promise<number>[] = [];
  for (let index = 0; index < perSecond * seconds; index++) {
    const due = start + (index * 1000) / perSecond;
    const early = due - performance.now();
    if (early > 1) await delay(early);
    const sent = performance.now();
    pending.push(get(agent, port, path).then(() => performance.now() - sent));
  }
  const latencies = await Promise.all(pending);
  agent.destroy();
  return latencies;
}

export interface SteadyLoad {
  readonly requests: number;
  readonly messages: number;
  readonly failures: readonly string[];
}

/** Keeps requests coming on kept connections, and messages on upgraded ones, until it is told to stop. */
export function startSteadyLoad(port: number): () => Promise<SteadyLoad> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const failures: string[] = [];
  let [requests, messages] = [0, 0];
  const over = new AbortController();
  const ended = Promise.all([...Array.from({ length: 16 }, askOn), ...Array.from({ length: 8 }, talkOn)]);

  async function askOn(): Promise<void> {
    while (!over.signal.aborted) {
      try {
        await get(agent, port, '/small');
        requests++;
      } catch (error) {
        failures.push(`request: ${String(error)}`);
      }
      await delay(5);
    }
  }

  /** A conversation of ten messages on a connection of its own: it must come to its end, whatever is switched meanwhile. */
  async function talkOn(): Promise<void> {
    while (!over.signal.aborted) {
      try {
        messages += await converse(port, 10);
      } catch (error) {
        failures.push(`WebSocket: ${String(error)}`);
      }
    }
  }

  return async () => {
    over.abort();
    await ended;
    agent.destroy();
    return { requests, messages, failures };
  };
}

async function converse(port: number, messages: number): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  let heard = '';
  let wake = (): void => {};
  let isClosed = false;
  socket.on('data', (chunk) => {
    heard += chunk.toString('latin1');
    wake();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    isClosed = true;
    wake();
  });
  const hear = async (what: string): Promise<void> => {
    while (!heard.endsWith(what)) {
      if (isClosed) throw new Error(`closed while waiting for "${what.trim()}"`);
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  try {
    socket.write('GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello\n');
    await hear('hello\n');
    if (!heard.startsWith('HTTP/1.1 101')) throw new Error(heard.slice(0, 30));
    for (let message = 1; message <= messages; message++) {
      socket.write(`message ${message}\n`);
      await hear(`message ${message}\n`);
      await delay(20);
    }
    return messages;
  } finally {
    socket.destroy();
  }
}
