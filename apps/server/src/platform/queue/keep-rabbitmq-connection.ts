import { setTimeout as delay } from 'node:timers/promises';
import type { Duplex } from 'node:stream';
import { connect } from 'amqplib';
import type { ChannelModel } from 'amqplib';
import { withDeadline } from './with-deadline.ts';

export interface RabbitmqConnectionOptions {
  readonly url: string;
  /** How long connecting may take, and an orderly end. */
  readonly deadlineMilliseconds: number;
  /** How long `setUp` may take. */
  readonly setUpMilliseconds: number;
  /** Opens what is needed on a new connection. When it throws, or takes too long, the connection is given up for another. */
  readonly setUp: (model: ChannelModel) => Promise<void>;
  /** Told each time a connection is gone, also one that could not be set up. */
  readonly onLost: () => void;
}

export interface RabbitmqConnection {
  /** Settles with the first try, however that goes. */
  readonly tried: Promise<void>;
  /** Gives the present connection up for another: RabbitMQ does not answer on it any more. */
  renew(): void;
  close(): Promise<void>;
}

/** Twice that without a byte, and the connection counts as broken, on either side. */
const heartbeatSeconds = 20;
const longestPauseMilliseconds = 2000;

/**
 * A connection to RabbitMQ that is made again whenever it breaks, until it is closed. Nothing is waited for without end: amqplib does, for answers on
 * a connection that is alive and mute, and for the confirmation of a close when the connection breaks meanwhile.
 */
export function keepRabbitmqConnection(options: RabbitmqConnectionOptions): RabbitmqConnection {
  const { deadlineMilliseconds, setUpMilliseconds, setUp, onLost } = options;
  const url = withHeartbeat(options.url);
  const closing = new AbortController();
  const tried = Promise.withResolvers<void>();
  let current: ChannelModel | undefined;
  void keep();

  async function keep(): Promise<void> {
    let failures = 0;
    while (!closing.signal.aborted) {
      const wasSetUp = await connectOnce().catch(() => false);
      tried.resolve();
      onLost();
      failures = wasSetUp ? 0 : failures + 1;
      // Not all processes at the same moment.
      const pauseMilliseconds = Math.min(100 * 2 ** failures, longestPauseMilliseconds) * (0.75 + Math.random() / 4);
      await delay(pauseMilliseconds, undefined, { signal: closing.signal }).catch(() => {});
    }
  }

  /** Returns when the connection is gone: whether it was of any use. */
  async function connectOnce(): Promise<boolean> {
    const model = await connect(url, { keepAlive: true, noDelay: true, timeout: deadlineMilliseconds });
    model.on('error', () => {});
    // It may break together with the last answer that it is set up by, and nobody says so twice.
    const broken = new Promise<boolean>((resolve) => model.once('close', () => resolve(true)));
    try {
      if (closing.signal.aborted) return false;
      current = model;
      const isReady = setUp(model).then(() => false);
      if (await withDeadline(Promise.race([isReady, broken]), setUpMilliseconds)) return false;
      tried.resolve();
      return await broken;
    } finally {
      current = undefined;
      giveUp(model);
    }
  }

  return {
    tried: tried.promise,
    renew() {
      if (current !== undefined) giveUp(current);
    },
    async close() {
      closing.abort();
      if (current !== undefined) await withDeadline(current.close(), deadlineMilliseconds).catch(() => {});
      if (current !== undefined) giveUp(current);
    },
  };
}

/** Ends a connection at once: amqplib's own ways wait for the other side. What is pending fails, and `close` is emitted. */
export function giveUp(model: ChannelModel): void {
  // Its types do not tell of the socket.
  const { stream } = model.connection as unknown as { readonly stream: Duplex };
  stream.destroy(new Error('The connection was given up.'));
}

function withHeartbeat(url: string): string {
  const address = new URL(url);
  if (!address.searchParams.has('heartbeat')) address.searchParams.set('heartbeat', String(heartbeatSeconds));
  return address.href;
}
