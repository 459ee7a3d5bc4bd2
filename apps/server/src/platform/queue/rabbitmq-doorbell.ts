import { randomUUID } from 'node:crypto';
import type { Channel, ChannelModel, ConfirmChannel, GetMessage, Message } from 'amqplib';
import { DoorbellDown, parseTaskMessage, queueNames, toDepths } from './doorbell.ts';
import type { Doorbell, QueueName, TaskMessage } from './doorbell.ts';
import { giveUp, keepRabbitmqConnection } from './keep-rabbitmq-connection.ts';
import type { RabbitmqConnection } from './keep-rabbitmq-connection.ts';
import { pullMessages } from './pull-messages.ts';
import type { Delivery } from './pull-messages.ts';
import { declareTopology, nameRabbitmq } from './rabbitmq-topology.ts';
import type { RabbitmqNames } from './rabbitmq-topology.ts';
import { withDeadline } from './with-deadline.ts';

export interface RabbitmqDoorbellOptions {
  /** What the names of exchanges and queues begin with. Default `deployguard`. */
  readonly prefix?: string;
  /** How long a publish may wait for its confirmation: a broker short of memory or disk never confirms. Default 5. */
  readonly deadlineSeconds?: number;
}

/** Channels that ask for messages side by side: each answer of a quorum queue waits for its disk. */
const pullerCount = 16;
const reopenMilliseconds = 500;
/** Quorum queues may be without a leader for a while, and a new broker makes all of them first. */
const patience = 6;

/**
 * RabbitMQ 3.10 and newer. Work stands in quorum queues and is pulled in the order of the queues; a fanout of empty, transient messages
 * wakes those who wait. When the broker closes a channel (its `consumer_timeout` is 30 minutes by default) all its messages are handed
 * out again, and the claim tells that they are duplicates.
 *
 * Who rings and who takes have a connection each: a broker that is short of memory or disk does not even read from one that publishes.
 */
export async function openRabbitmqDoorbell(url: string, options: RabbitmqDoorbellOptions = {}): Promise<Doorbell> {
  const { prefix = 'deployguard', deadlineSeconds = 5 } = options;
  const doorbell = new RabbitmqDoorbell(url, prefix, deadlineSeconds * 1000);
  await doorbell.open();
  return doorbell;
}

class RabbitmqDoorbell implements Doorbell {
  readonly name = 'rabbitmq';
  readonly #url: string;
  readonly #names: RabbitmqNames;
  readonly #deadlineMilliseconds: number;
  readonly #unconfirmed = new Map<string, (problem: string) => void>();
  readonly #wakeListeners = new Set<() => void>();
  readonly #pullers = new Set<Channel>();
  #publishing: RabbitmqConnection | undefined;
  #taking: RabbitmqConnection | undefined;
  #publisher: ConfirmChannel | undefined;
  #isBlocked = false;

  constructor(url: string, prefix: string, deadlineMilliseconds: number) {
    this.#url = url;
    this.#names = nameRabbitmq(prefix);
    this.#deadlineMilliseconds = deadlineMilliseconds;
  }

  /** Returns soon when the broker is away: the service starts without it and answers 503 where it is needed. */
  async open(): Promise<void> {
    this.#publishing = this.#connect(
      (model) => this.#setUpPublishing(model),
      () => this.#stopPublishing(),
    );
    await this.#tried(this.#publishing);
  }

  async ring(message: TaskMessage): Promise<void> {
    const channel = this.#publisher;
    if (channel === undefined) throw new DoorbellDown('RabbitMQ', 'there is no connection to it');
    if (this.#isBlocked) throw new DoorbellDown('RabbitMQ', 'it is short of memory or disk and takes no messages');
    const messageId = randomUUID();
    const confirmed = Promise.withResolvers<void>();
    const fail = (problem: string, cause?: unknown): void => confirmed.reject(new DoorbellDown('RabbitMQ', problem, { cause }));
    const deadline = setTimeout(fail, this.#deadlineMilliseconds, 'it did not confirm a message in time');
    this.#unconfirmed.set(messageId, fail);
    try {
      const properties = { persistent: true, mandatory: true, messageId, contentType: 'application/json' };
      channel.publish(this.#names.tasks, message.queue, Buffer.from(JSON.stringify(message)), properties, (error: unknown) => {
        if (error === null || error === undefined) confirmed.resolve();
        else fail('it refused a message', error);
      });
    } catch (cause) {
      fail('the connection broke', cause);
    }
    try {
      await confirmed.promise;
    } finally {
      clearTimeout(deadline);
      this.#unconfirmed.delete(messageId);
    }
    this.#wakeAll(channel);
  }

  async take(
    queues: readonly QueueName[],
    onTask: Parameters<Doorbell['take']>[1],
    { concurrency }: { readonly concurrency: number },
  ): ReturnType<Doorbell['take']> {
    const source = {
      fetch: (wanted: readonly QueueName[], count: number) => this.#fetch(wanted, count),
      onWake: (listener: () => void) => {
        this.#wakeListeners.add(listener);
        return () => this.#wakeListeners.delete(listener);
      },
    };
    this.#taking ??= this.#connect(
      (model) => this.#setUpTaking(model),
      () => this.#pullers.clear(),
    );
    await this.#tried(this.#taking);
    return pullMessages(source, queues, onTask, concurrency);
  }

  async isUp(): Promise<boolean> {
    if (this.#publisher === undefined || this.#isBlocked) return false;
    return withDeadline(this.#publisher.checkExchange(this.#names.tasks), this.#deadlineMilliseconds).then(
      () => true,
      () => false,
    );
  }

  async depth(): Promise<Record<QueueName, number>> {
    const channel = this.#publisher;
    if (channel === undefined) throw new DoorbellDown('RabbitMQ', 'there is no connection to it');
    if (this.#isBlocked) throw new DoorbellDown('RabbitMQ', 'it is short of memory or disk and answers nobody who publishes');
    try {
      const counts = queueNames.map(async (queue) => [queue, (await channel.checkQueue(this.#names.queues[queue])).messageCount] as const);
      return toDepths(await withDeadline(Promise.all(counts), this.#deadlineMilliseconds));
    } catch (cause) {
      throw new DoorbellDown('RabbitMQ', 'it does not tell how many tasks wait', { cause });
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#taking?.close(), this.#publishing?.close()]);
  }

  #connect(setUp: (model: ChannelModel) => Promise<void>, onLost: () => void): RabbitmqConnection {
    const deadlineMilliseconds = this.#deadlineMilliseconds;
    return keepRabbitmqConnection({
      url: this.#url,
      deadlineMilliseconds,
      setUpMilliseconds: patience * deadlineMilliseconds,
      setUp,
      onLost,
    });
  }

  async #tried(connection: RabbitmqConnection): Promise<void> {
    await withDeadline(connection.tried, this.#deadlineMilliseconds).catch(() => {});
  }

  /** A connection that does not answer is given up: what it has not acknowledged is handed out again. */
  async #fetch(queues: readonly QueueName[], count: number): Promise<Delivery[]> {
    try {
      return await withDeadline(this.#pull(queues, count), patience * this.#deadlineMilliseconds);
    } catch (error) {
      this.#taking?.renew();
      throw error;
    }
  }

  async #pull(queues: readonly QueueName[], count: number): Promise<Delivery[]> {
    const channels = [...this.#pullers];
    if (channels.length === 0) return [];
    const spread = <Item, Answer>(items: readonly Item[], ask: (channel: Channel, item: Item) => Promise<Answer>): Promise<Answer[]> =>
      Promise.all(items.map((item, index) => ask(channels[index % channels.length]!, item)));
    // How many wait is told from memory, while each `get` is written to the disk first, also one that finds nothing.
    const waiting = await spread(queues, (channel, queue) => this.#countWaiting(channel, queue));
    const wanted = queues.flatMap((queue, index) => Array.from({ length: Math.min(waiting[index]!, count) }, () => queue)).slice(0, count);
    const found = await spread(wanted, (channel, queue) => this.#get(channel, queue));
    return found.filter((delivery) => delivery !== undefined);
  }

  async #countWaiting(channel: Channel, queue: QueueName): Promise<number> {
    return channel.checkQueue(this.#names.queues[queue]).then(
      ({ messageCount }) => messageCount,
      () => 0,
    );
  }

  async #get(channel: Channel, queue: QueueName): Promise<Delivery | undefined> {
    const received = await channel.get(this.#names.queues[queue]).catch(() => false as const);
    if (received === false) return undefined;
    const message = parseTaskMessage(received.content.toString());
    if (message !== undefined) return { message, acknowledge: () => this.#acknowledge(channel, received) };
    // To the dead-letter queue: somebody else writes to ours.
    channel.reject(received, false);
    return undefined;
  }

  async #acknowledge(channel: Channel, received: GetMessage): Promise<void> {
    // A channel that is gone has given its messages back.
    if (this.#pullers.has(channel)) channel.ack(received);
  }

  async #setUpPublishing(model: ChannelModel): Promise<void> {
    model.on('blocked', () => (this.#isBlocked = true));
    model.on('unblocked', () => (this.#isBlocked = false));
    await this.#openPublisher(model);
  }

  #stopPublishing(): void {
    this.#publisher = undefined;
    this.#isBlocked = false;
    for (const fail of this.#unconfirmed.values()) fail('the connection broke');
  }

  async #openPublisher(model: ChannelModel): Promise<void> {
    const channel = await model.createConfirmChannel();
    channel.on('error', () => {});
    channel.once('close', () => {
      if (this.#publisher === channel) this.#publisher = undefined;
      this.#reopen(model, () => this.#openPublisher(model));
    });
    channel.on('return', (returned: Message) => {
      // Unroutable messages are confirmed as well, right after this.
      this.#unconfirmed.get(String(returned.properties.messageId))?.('its queue is missing there');
      void declareTopology(channel, this.#names).catch(() => {});
    });
    await declareTopology(channel, this.#names);
    this.#publisher = channel;
  }

  async #setUpTaking(model: ChannelModel): Promise<void> {
    await this.#openWaker(model);
    await Promise.all(Array.from({ length: pullerCount }, () => this.#openPuller(model)));
    this.#wake();
  }

  async #openPuller(model: ChannelModel): Promise<void> {
    const channel = await model.createChannel();
    channel.on('error', () => {});
    channel.once('close', () => {
      this.#pullers.delete(channel);
      this.#reopen(model, async () => {
        // It may have been closed because its queue was deleted.
        if (this.#publisher !== undefined) await declareTopology(this.#publisher, this.#names);
        await this.#openPuller(model);
        this.#wake();
      });
    });
    this.#pullers.add(channel);
  }

  async #openWaker(model: ChannelModel): Promise<void> {
    const channel = await model.createChannel();
    channel.on('error', () => {});
    channel.once('close', () => this.#reopen(model, () => this.#openWaker(model)));
    const { queue } = await channel.assertQueue('', { exclusive: true, autoDelete: true, durable: false, maxLength: 1 });
    await channel.bindQueue(queue, this.#names.wake, '');
    await channel.consume(queue, () => this.#wake(), { noAck: true });
  }

  /** A channel was closed: by the acknowledgement timeout, because something was deleted, or with its connection, which is beyond help. */
  #reopen(model: ChannelModel, open: () => Promise<void>): void {
    setTimeout(() => {
      void withDeadline(open(), patience * this.#deadlineMilliseconds).catch(() => giveUp(model));
    }, reopenMilliseconds).unref();
  }

  #wakeAll(channel: Channel): void {
    try {
      channel.publish(this.#names.wake, '', Buffer.alloc(0), { persistent: false });
    } catch {
      // They poll as well.
    }
  }

  #wake(): void {
    for (const listener of this.#wakeListeners) listener();
  }
}
