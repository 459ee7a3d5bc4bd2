import { setTimeout as delay } from 'node:timers/promises';
import { Client, type ClientConfig, escapeIdentifier } from 'pg';

export interface Listener {
  listen(channel: string, onNotify: (payload: string) => void): Promise<{ close(): Promise<void> }>;
  close(): Promise<void>;
}

/** One connection for all channels, made with the first and made again when it breaks. */
export function createListener(config: ClientConfig, onConnectionLost: (error: Error) => void): Listener {
  const followers = new Map<string, Set<(payload: string) => void>>();
  const closing = new AbortController();
  let connection: Promise<Client> | undefined;
  /** While it is up. */
  let connected: Client | undefined;

  async function connect(): Promise<Client> {
    const client = new Client(config);
    client.on('notification', ({ channel, payload }) => {
      for (const follow of followers.get(channel) ?? []) follow(payload ?? '');
    });
    // The `end` that follows makes the next connection.
    client.on('error', onConnectionLost);
    let isReady = false;
    let hasEnded = false;
    client.once('end', () => {
      hasEnded = true;
      if (connected === client) connected = undefined;
      // Whether it broke or was cut off, what listens must go on.
      if (isReady) void reconnect();
    });
    try {
      await client.connect();
      for (const channel of followers.keys()) await client.query(`listen ${escapeIdentifier(channel)}`);
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
    // Together with the last answer, perhaps.
    if (hasEnded) throw new Error('The connection ended.');
    isReady = true;
    connected = client;
    return client;
  }

  async function reconnect(): Promise<void> {
    if (closing.signal.aborted) return;
    connection = connectAgain();
    await connection.catch(() => {});
    if (closing.signal.aborted) return;
    for (const siblings of followers.values()) for (const follow of siblings) follow('');
  }

  async function connectAgain(): Promise<Client> {
    for (let waitMilliseconds = 50; ; waitMilliseconds = Math.min(waitMilliseconds * 2, 5000)) {
      try {
        return await connect();
      } catch {
        await delay(waitMilliseconds, undefined, { signal: closing.signal });
      }
    }
  }

  /** A connection that is not there listens to nothing, and the next one does to what is followed then. */
  async function unlisten(channel: string): Promise<void> {
    await connected?.query(`unlisten ${escapeIdentifier(channel)}`);
  }

  return {
    async listen(channel, onNotify) {
      const siblings = followers.get(channel) ?? new Set();
      followers.set(channel, siblings.add(onNotify));
      // A first connection that fails is the caller's to know; the next call tries again.
      connection ??= connect().catch((error: unknown) => {
        connection = undefined;
        throw error;
      });
      try {
        const client = await connection;
        await client.query(`listen ${escapeIdentifier(channel)}`);
      } catch (error) {
        siblings.delete(onNotify);
        if (siblings.size === 0) followers.delete(channel);
        throw error;
      }
      return {
        async close() {
          siblings.delete(onNotify);
          if (siblings.size > 0 || followers.get(channel) !== siblings) return;
          followers.delete(channel);
          await unlisten(channel).catch(() => {});
        },
      };
    },
    async close() {
      closing.abort();
      followers.clear();
      const client = await connection?.catch(() => undefined);
      await client?.end();
    },
  };
}
