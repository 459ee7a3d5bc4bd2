import type { Database } from '../database/index.ts';
import type { Doorbell } from './doorbell.ts';
import { openEmbeddedDoorbell } from './embedded-doorbell.ts';

/** The doorbell of a broker's address (`amqp:`, `amqps:`, `redis:` or `rediss:`); without one that of the database itself. */
export function openDoorbell(brokerUrl: string | undefined, database: Database): Promise<Doorbell> {
  if (brokerUrl === undefined) return openEmbeddedDoorbell(database);
  // Loaded when it is chosen: each brings a client of its own.
  switch (new URL(brokerUrl).protocol) {
    case 'amqp:':
    case 'amqps:':
      return import('./rabbitmq-doorbell.ts').then(({ openRabbitmqDoorbell }) => openRabbitmqDoorbell(brokerUrl));
    case 'redis:':
    case 'rediss:':
      return import('./redis-doorbell.ts').then(({ openRedisDoorbell }) => openRedisDoorbell(brokerUrl));
    default:
      throw new TypeError('The broker must be an address that begins with amqp:, amqps:, redis: or rediss:.');
  }
}
