import type { Database } from '../database/index.ts';
import type { Doorbell } from './doorbell.ts';
import { openEmbeddedDoorbell } from './embedded-doorbell.ts';
import { openRabbitmqDoorbell } from './rabbitmq-doorbell.ts';
import { openRedisDoorbell } from './redis-doorbell.ts';

/** The doorbell of a broker's address (`amqp:`, `amqps:`, `redis:` or `rediss:`); without one that of the database itself. */
export function openDoorbell(brokerUrl: string | undefined, database: Database): Promise<Doorbell> {
  if (brokerUrl === undefined) return openEmbeddedDoorbell(database);
  switch (new URL(brokerUrl).protocol) {
    case 'amqp:':
    case 'amqps:':
      return openRabbitmqDoorbell(brokerUrl);
    case 'redis:':
    case 'rediss:':
      return openRedisDoorbell(brokerUrl);
    default:
      throw new TypeError('The broker must be an address that begins with amqp:, amqps:, redis: or rediss:.');
  }
}
