import assert from 'node:assert/strict';
import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startTestServices } from '@deployguard/testkit';
import { connect } from 'amqplib';
import { startBrokerProxy } from '../../../test/start-broker-proxy.ts';
import type { TaskMessage } from './doorbell.ts';
import { openRabbitmqDoorbell } from './rabbitmq-doorbell.ts';

// Less than the two or three minutes after which heartbeats would tell by themselves.
const limit = { timeout: 90_000 };
const deadlineSeconds = 1;
let url: string;

before(async () => {
  url = (await startTestServices(['rabbitmq'])).environment['RABBITMQ_URL']!;
});

/** Class and method, as they stand in frames (AMQP 0-9-1, 4.2.4). */
const connectionClose = Buffer.from([0, 10, 0, 50]);
const queueBindOk = Buffer.from([0, 50, 0, 21]);

test('a connection that breaks while it is given up is followed by another', limit, async () => {
  const prefix = aPrefix();
  const administrator = await connect(url);
  const channel = await administrator.createChannel();
  // Not as the doorbell wants it: nothing can be set up.
  await channel.assertQueue(`${prefix}.scan`, { durable: true });
  const proxy = await startBrokerProxy(url, {
    onSent(bytes, { client, broker }) {
      if (!bytes.includes(connectionClose)) return bytes;
      client.destroy();
      broker.destroy();
      return undefined;
    },
  });

  const doorbell = await openRabbitmqDoorbell(proxy.url, { prefix, deadlineSeconds });
  const wasUp = await doorbell.isUp();
  await channel.deleteQueue(`${prefix}.scan`);
  await until(() => doorbell.isUp());

  assert.equal(wasUp, false);
  await doorbell.close();
  await administrator.close();
  proxy.close();
});

test('a broker that ends the connection with its last answer is connected to again', limit, async () => {
  // Reply 320 of an orderly stop, to be found right behind the answer.
  const text = Buffer.from('CONNECTION_FORCED');
  const payload = Buffer.concat([connectionClose, Buffer.from([1, 64, text.length]), text, Buffer.from([0, 0, 0, 0])]);
  const frame = Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, payload.length]), payload, Buffer.from([206])]);
  let bindings = 0;
  const proxy = await startBrokerProxy(url, {
    onAnswered(bytes) {
      // One at a time: each is waited for. The queue of the dead, and six others.
      if (!bytes.includes(queueBindOk) || ++bindings !== 7) return bytes;
      return Buffer.concat([bytes, frame]);
    },
  });

  const doorbell = await openRabbitmqDoorbell(proxy.url, { prefix: aPrefix(), deadlineSeconds });
  await until(() => doorbell.isUp());

  assert.ok(bindings > 7, `${bindings} bindings were made`);
  await doorbell.close();
  proxy.close();
});

test('a connection on which nothing is answered any more is given up, and what it took is handed out again', limit, async () => {
  const prefix = aPrefix();
  const proxy = await startBrokerProxy(url);
  // Heartbeats would tell as well, after two minutes.
  const muted = await openRabbitmqDoorbell(`${proxy.url}?heartbeat=60`, { prefix, deadlineSeconds });
  const other = await openRabbitmqDoorbell(url, { prefix, deadlineSeconds: 60 });
  const received: string[] = [];
  const taker = await muted.take(['scan'], ({ taskId }, done) => void done().then(() => received.push(taskId)), { concurrency: 2 });
  const [first, second] = [aMessage(), aMessage()];
  await other.ring(first);
  await until(() => received.includes(first.taskId));
  const connections = proxy.count();

  proxy.mute();
  await other.ring(second);

  await until(() => received.includes(second.taskId));
  assert.ok(proxy.count() > connections);
  await taker.stop();
  await Promise.all([muted.close(), other.close()]);
  proxy.close();
});

function aPrefix(): string {
  return `test-${randomBytes(6).toString('hex')}`;
}

function aMessage(): TaskMessage {
  return { taskId: randomUUIDv7(), kind: 'test', queue: 'scan' };
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(20);
}
