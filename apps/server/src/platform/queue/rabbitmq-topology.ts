import type { Channel } from 'amqplib';
import { queueNames } from './doorbell.ts';
import type { QueueName } from './doorbell.ts';

/** What our exchanges and queues are called in RabbitMQ. */
export interface RabbitmqNames {
  /** Routes messages to the queues, by queue name. */
  readonly tasks: string;
  /** Tells all takers that there is something. */
  readonly wake: string;
  /** Gets what nobody could handle; a queue of the same name keeps it. */
  readonly dead: string;
  readonly queues: Readonly<Record<QueueName, string>>;
}

/** Redeliveries until a message goes to the dead-letter queue. Its task is rung for again, so this only keeps loops short. */
const deliveryLimit = 20;
const maxDeadMessages = 10_000;

export function nameRabbitmq(prefix: string): RabbitmqNames {
  const queues = Object.fromEntries(queueNames.map((queue) => [queue, queue === 'deployguard' ? prefix : `${prefix}.${queue}`]));
  return { tasks: `${prefix}.tasks`, wake: `${prefix}.wake`, dead: `${prefix}.dead`, queues: queues as Record<QueueName, string> };
}

/** Makes what is missing. Quorum queues: what was confirmed survives the loss of a node. */
export async function declareTopology(channel: Channel, { tasks, wake, dead, queues }: RabbitmqNames): Promise<void> {
  await channel.assertExchange(tasks, 'direct', { durable: true });
  await channel.assertExchange(wake, 'fanout', { durable: true });
  await channel.assertExchange(dead, 'fanout', { durable: true });
  await channel.assertQueue(dead, { durable: true, arguments: { 'x-queue-type': 'quorum', 'x-max-length': maxDeadMessages } });
  await channel.bindQueue(dead, dead, '');
  for (const queue of queueNames) {
    const limits = { 'x-delivery-limit': deliveryLimit, 'x-dead-letter-exchange': dead };
    await channel.assertQueue(queues[queue], { durable: true, arguments: { 'x-queue-type': 'quorum', ...limits } });
    await channel.bindQueue(queues[queue], tasks, queue);
  }
}
