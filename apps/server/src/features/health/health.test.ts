import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { NotReady } from '@deployguard/contracts';
import { openTestApp } from '../../../test/open-test-app.ts';
import type { TestApp } from '../../../test/open-test-app.ts';
import { createMigrator } from '../../platform/database/index.ts';
import { loadMigrations } from '../../platform/database/migrations/load-migrations.ts';
import { checkServices } from './check-services.ts';

let service: TestApp;
before(async () => {
  service = await openTestApp();
});
after(() => service.close());

const limit = { timeout: 20_000 };
const up = async (): Promise<boolean> => true;

// The bodies are those of the guide.
test('health says that the API runs, whatever else is down', limit, async () => {
  service.queue.isUp = false;

  const answer = await fetch(`${service.url}/api/v2/health`);

  service.queue.isUp = true;
  assert.equal(answer.status, 200);
  assert.deepEqual(await answer.json(), { status: 'healthy', service: 'deployguard-api' });
});

test('readiness tells which services answer, and which queue is configured', limit, async () => {
  const answer = await fetch(`${service.url}/api/v2/health/ready`);

  assert.equal(answer.status, 200);
  assert.deepEqual(await answer.json(), {
    status: 'ready',
    services: { rabbitmq: true, storage: true, database: true },
    queue: 'embedded',
  });
});

test('readiness is 503 while a service is down, and says which: the embedded queue is in the database', limit, async () => {
  service.queue.isUp = false;

  const answer = await fetch(`${service.url}/api/v2/health/ready`);

  service.queue.isUp = true;
  assert.equal(answer.status, 503);
  assert.deepEqual(await answer.json(), {
    status: 'not_ready',
    services: { rabbitmq: false, storage: true, database: true },
    queue: 'embedded',
    message: 'Not available: database.',
  });
});

test('a schema that was moved away under the running service is no schema to be ready with', limit, async () => {
  const owner = service.migrationUrl!;
  const migrator = createMigrator({ url: owner, appRole: 'deployguard_app' });
  const [undone] = await migrator.downgrade(loadMigrations().length - 1);

  const moved = await fetch(`${service.url}/api/v2/health/ready`);
  await migrator.upgrade();
  const back = await fetch(`${service.url}/api/v2/health/ready`);

  const { services, message } = (await moved.json()) as NotReady;
  assert.deepEqual([moved.status, back.status], [503, 200]);
  assert.deepEqual(services, { rabbitmq: true, storage: true, database: false });
  assert.equal(message, `Not available: database (its schema lacks ${undone!.name}).`);
});

test('a service that throws or does not answer within two seconds is down', limit, async () => {
  const hanging = Promise.withResolvers<boolean>();

  const { services, missing } = await checkServices(
    { rabbitmq: () => Promise.reject(new Error('refused')), storage: () => hanging.promise, database: up },
    'rabbitmq',
  );

  assert.deepEqual(services, { rabbitmq: false, storage: false, database: true });
  assert.deepEqual(missing, ['rabbitmq', 'storage']);
});

test('what is down is told once, by its own name', limit, async () => {
  const down = async (): Promise<boolean> => false;
  const checks = { rabbitmq: down, storage: up, database: down };

  const { missing: embedded } = await checkServices(checks, 'embedded');
  const { missing: overRedis } = await checkServices(checks, 'redis');

  assert.deepEqual(embedded, ['database']);
  assert.deepEqual(overRedis, ['redis', 'database']);
});
