import type { Redis } from 'ioredis';
import { queueNames, toDepths } from './doorbell.ts';
import type { QueueName, TaskMessage } from './doorbell.ts';

const group = 'workers';

/** The streams of the queues, as far as we use them. */
export class RedisStreams {
  readonly #redis: Redis;
  readonly #prefix: string;

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  async add(message: TaskMessage): Promise<void> {
    await this.#redis.xadd(this.#key(message.queue), '*', 'message', JSON.stringify(message));
  }

  async read(queue: QueueName, consumer: string, count: number): Promise<StreamEntry[]> {
    const streams = await this.#redis.xreadgroup('GROUP', group, consumer, 'COUNT', count, 'STREAMS', this.#key(queue), '>');
    return ((streams as [string, StreamEntry[]][] | null) ?? []).flatMap(([, entries]) => entries);
  }

  /** Entries whose consumer was silent too long. */
  async claim(queue: QueueName, consumer: string, silentMilliseconds: number, count: number): Promise<StreamEntry[]> {
    const answer = await this.#redis.xautoclaim(this.#key(queue), group, consumer, silentMilliseconds, '0', 'COUNT', count);
    // Before Redis 7 entries that were deleted meanwhile come as null.
    return (answer as [string, (StreamEntry | null)[]])[1].filter((entry) => entry?.[1] != null) as StreamEntry[];
  }

  async keep(queue: QueueName, consumer: string, ids: readonly string[]): Promise<void> {
    await this.#redis.xclaim(this.#key(queue), group, consumer, 0, ...ids, 'JUSTID');
  }

  async remove(queue: QueueName, id: string): Promise<void> {
    const key = this.#key(queue);
    await this.#redis.multi().xack(key, group, id).xdel(key, id).exec();
  }

  async createGroup(queue: QueueName): Promise<void> {
    // `0`: also what was added before there was a group. It fails when another was faster.
    await this.#redis.xgroup('CREATE', this.#key(queue), group, '0', 'MKSTREAM').catch(() => {});
  }

  async removeConsumer(queue: QueueName, consumer: string): Promise<void> {
    await this.#redis.xgroup('DELCONSUMER', this.#key(queue), group, consumer);
  }

  async depth(): Promise<Record<QueueName, number>> {
    const entries = queueNames.map(async (queue) => {
      const [length, pending] = await Promise.all([
        this.#redis.xlen(this.#key(queue)),
        this.#redis.xpending(this.#key(queue), group).catch((error: unknown) => (isGroupMissing(error) ? [0] : Promise.reject(error))),
      ]);
      return [queue, length - Number((pending as unknown[])[0])] as const;
    });
    return toDepths(await Promise.all(entries));
  }

  #key(queue: QueueName): string {
    return `${this.#prefix}:queue:${queue}`;
  }
}

/** An id and its fields, name after value. */
export type StreamEntry = [id: string, fields: string[]];

/** Nobody has taken from this queue yet, or Redis has lost it. */
export function isGroupMissing(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOGROUP');
}
