import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { DoorbellDown, parseTaskMessage } from './doorbell.ts';
import type { Doorbell, QueueName, Taker, TaskListener } from './doorbell.ts';
import { pullMessages } from './pull-messages.ts';
import type { Delivery, MessageSource } from './pull-messages.ts';
import { isGroupMissing, RedisStreams } from './redis-streams.ts';
import type { StreamEntry } from './redis-streams.ts';

export interface RedisDoorbellOptions {
  /** What keys begin with. Default `deployguard`. */
  readonly prefix?: string;
  /** How long an answer may take. Default 5. */
  readonly deadlineSeconds?: number;
  /** A taker that was silent for so long has lost its messages to the others. Default 60. */
  readonly visibilitySeconds?: number;
}

/**
 * Redis 6.2 and newer, not a cluster: a stream with one consumer group per queue. A taker says every now and then that it still has its
 * messages; those of a silent one go to others. Publish/subscribe wakes those who wait.
 */
export async function openRedisDoorbell(url: string, options: RedisDoorbellOptions = {}): Promise<Doorbell> {
  const { prefix = 'deployguard', deadlineSeconds = 5, visibilitySeconds = 60 } = options;
  const connection = {
    connectTimeout: deadlineSeconds * 1000,
    retryStrategy: (attempt: number) => Math.min(attempt * 100, 2000),
    lazyConnect: true,
  };
  // Whoever rings must hear at once that Redis is away.
  const redis = new Redis(url, {
    ...connection,
    commandTimeout: deadlineSeconds * 1000,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
  });
  redis.on('error', () => {});
  const streams = new RedisStreams(redis, prefix);
  const wakeChannel = `${prefix}:wake`;
  const wakeListeners = new Set<() => void>();
  const wake = (): void => wakeListeners.forEach((listener) => listener());
  // A connection that has subscribed can do nothing else.
  const subscriber = new Redis(url, { ...connection, maxRetriesPerRequest: null });
  subscriber.on('error', () => {});
  subscriber.on('ready', wake);
  subscriber.on('message', wake);
  await Promise.all([redis.connect().catch(() => {}), subscriber.connect().catch(() => {})]);
  void subscriber.subscribe(wakeChannel).catch(() => {});

  return {
    name: 'redis',
    async ring(message) {
      await orDown(streams.add(message));
      redis.publish(wakeChannel, '').catch(() => {});
    },
    async take(queues, onTask, { concurrency }) {
      const source = new ConsumerSource(streams, queues, visibilitySeconds, wakeListeners);
      return source.take(onTask, concurrency);
    },
    async isUp() {
      return redis.ping().then(
        () => true,
        () => false,
      );
    },
    depth: () => orDown(streams.depth()),
    async close() {
      redis.disconnect();
      subscriber.disconnect();
    },
  };
}

/** One taker: its name in the groups, and the messages that it has. */
class ConsumerSource implements MessageSource {
  readonly #streams: RedisStreams;
  readonly #queues: readonly QueueName[];
  readonly #silentMilliseconds: number;
  readonly #wakeListeners: Set<() => void>;
  readonly #name = randomUUID();
  readonly #held = new Map<QueueName, Set<string>>();
  #claimAt = 0;

  constructor(streams: RedisStreams, queues: readonly QueueName[], visibilitySeconds: number, wakeListeners: Set<() => void>) {
    this.#streams = streams;
    this.#queues = queues;
    this.#silentMilliseconds = visibilitySeconds * 1000;
    this.#wakeListeners = wakeListeners;
    for (const queue of queues) this.#held.set(queue, new Set());
  }

  take(onTask: TaskListener, concurrency: number): Taker {
    const keeping = setInterval(() => void this.#keepHeld(), this.#silentMilliseconds / 4).unref();
    const pulling = pullMessages(this, this.#queues, onTask, concurrency);
    return {
      stop: async () => {
        await pulling.stop();
        if (this.#countHeld() === 0) await this.#leave();
        // Whoever stops without ending its work has left it to others.
        clearInterval(keeping);
      },
    };
  }

  onWake(listener: () => void): () => void {
    this.#wakeListeners.add(listener);
    return () => this.#wakeListeners.delete(listener);
  }

  async fetch(queues: readonly QueueName[], count: number): Promise<Delivery[]> {
    const deliveries: Delivery[] = [];
    const isTimeToClaim = performance.now() >= this.#claimAt;
    if (isTimeToClaim) this.#claimAt = performance.now() + this.#silentMilliseconds / 2;
    for (const queue of queues) {
      if (deliveries.length >= count) break;
      if (isTimeToClaim) await this.#collect(deliveries, queue, count, (free) => this.#claim(queue, free));
      if (deliveries.length < count) await this.#collect(deliveries, queue, count, (free) => this.#streams.read(queue, this.#name, free));
    }
    return deliveries;
  }

  #claim(queue: QueueName, count: number): Promise<StreamEntry[]> {
    return this.#streams.claim(queue, this.#name, this.#silentMilliseconds, count);
  }

  async #collect(deliveries: Delivery[], queue: QueueName, count: number, read: (free: number) => Promise<StreamEntry[]>): Promise<void> {
    const entries = await read(count - deliveries.length).catch(async (error: unknown) => {
      if (!isGroupMissing(error)) return [];
      await this.#streams.createGroup(queue);
      return read(count - deliveries.length).catch(() => []);
    });
    for (const [id, fields] of entries) {
      const message = parseTaskMessage(fields[1] ?? '');
      if (message === undefined) {
        await this.#streams.remove(queue, id);
        continue;
      }
      this.#held.get(queue)!.add(id);
      deliveries.push({ message, acknowledge: () => this.#acknowledge(queue, id) });
    }
  }

  async #acknowledge(queue: QueueName, id: string): Promise<void> {
    this.#held.get(queue)!.delete(id);
    await this.#streams.remove(queue, id);
  }

  async #keepHeld(): Promise<void> {
    for (const [queue, ids] of this.#held) {
      if (ids.size > 0) await this.#streams.keep(queue, this.#name, [...ids]).catch(() => {});
    }
  }

  async #leave(): Promise<void> {
    for (const queue of this.#queues) await this.#streams.removeConsumer(queue, this.#name).catch(() => {});
  }

  #countHeld(): number {
    return [...this.#held.values()].reduce((sum, ids) => sum + ids.size, 0);
  }
}

function orDown<T>(work: Promise<T>): Promise<T> {
  return work.catch((cause: unknown) => {
    throw new DoorbellDown('Redis', 'it does not answer', { cause });
  });
}
