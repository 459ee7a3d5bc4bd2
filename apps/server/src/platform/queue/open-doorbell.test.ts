import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServices } from '@deployguard/testkit';
import { openTestDatabase } from '../../../test/open-test-database.ts';
import { openDoorbell } from './index.ts';

const limit = { timeout: 180_000 };

test('the address of the broker says which doorbell it is', limit, async () => {
  const database = await openTestDatabase();
  const { environment } = await startTestServices(['rabbitmq', 'redis']);
  const urls = [undefined, environment['RABBITMQ_URL']!, environment['REDIS_URL']!];

  const doorbells = await Promise.all(urls.map((url) => openDoorbell(url, database)));

  const states = await Promise.all(doorbells.map(async (doorbell) => [doorbell.name, await doorbell.isUp()]));
  await Promise.all(doorbells.map((doorbell) => doorbell.close()));
  await database.close();
  assert.deepEqual(states, [
    ['embedded', true],
    ['rabbitmq', true],
    ['redis', true],
  ]);
});

test('another address is refused without being repeated', limit, async () => {
  const password = ['pass', 'word'].join('-');
  const database = await openTestDatabase();

  assert.throws(
    () => openDoorbell(`https://user:${password}@broker`, database),
    (error: Error) => /amqps:/.test(error.message) && !error.message.includes(password),
  );

  await database.close();
});
