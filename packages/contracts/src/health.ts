import Type from 'typebox';
import type { Static } from 'typebox';
import { defineOperation } from './operation.ts';
import { entity, oneOf } from './schema.ts';

export const Health = entity(
  'Health',
  { status: oneOf(['healthy']), service: oneOf(['deployguard-api']) },
  { examples: [{ status: 'healthy', service: 'deployguard-api' }] },
);

const serviceStates = entity('ServiceStates', {
  rabbitmq: Type.Boolean({ description: 'Whether the configured queue is up, whichever it is.' }),
  storage: Type.Boolean(),
  database: Type.Boolean(),
});

export const Ready = entity('Ready', {
  status: oneOf(['ready']),
  services: serviceStates,
  queue: oneOf(['embedded', 'rabbitmq', 'redis'], { description: 'Which queue is configured.' }),
});

export const NotReady = entity('NotReady', {
  status: oneOf(['not_ready']),
  services: serviceStates,
  queue: Ready.properties.queue,
  message: Type.String(),
});
export type Ready = Static<typeof Ready>;
export type NotReady = Static<typeof NotReady>;

export const getHealth = defineOperation({
  id: 'getHealth',
  method: 'GET',
  path: '/api/v2/health',
  summary: 'Whether the API runs',
  tag: 'Health',
  access: 'public',
  answers: { 200: Health },
});

export const getReadiness = defineOperation({
  id: 'getReadiness',
  method: 'GET',
  path: '/api/v2/health/ready',
  summary: 'Whether all that the API needs is there',
  tag: 'Health',
  access: 'public',
  answers: { 200: Ready, 503: NotReady },
});
