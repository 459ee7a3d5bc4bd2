import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeServices } from './describe-services.ts';

const postgresql = { value: 'postgresql', rule: 'service-by-library', confidence: 'medium', file: 'package.json' } as const;
const redis = { value: 'redis', rule: 'compose', confidence: 'high' } as const;

test('servers that an application wants are told, with the file that says so, and what to do', () => {
  const [told] = describeServices({ services: [postgresql, redis] }, {});

  assert.match(told!, /postgresql \(package\.json\), redis .*apps env set/);
});

test('without any, nothing is told; who has set variables has thought of it', () => {
  const config = { application: { env_vars: { DATABASE_URL: 'postgresql://db' } } };

  assert.deepEqual(describeServices({ services: [] }, {}), []);
  assert.doesNotMatch(describeServices({ services: [redis] }, config)[0]!, /apps env set/);
});
