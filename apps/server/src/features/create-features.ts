import type { Ready } from '@deployguard/contracts';
import type { Database } from '../platform/database/index.ts';
import type { Feature } from '../platform/http/index.ts';
import { createApiKeysFeature } from './api-keys/index.ts';
import { createHealthFeature } from './health/index.ts';
import type { ServiceChecks } from './health/index.ts';

/** What the features of the API need of the rest of the service. */
export interface FeatureDependencies {
  readonly database: Pick<Database, 'asTenant'>;
  readonly queue: Ready['queue'];
  readonly checks: ServiceChecks;
}

/** Every feature of the API. What is listed here is served, documented and tried by the tests that go over all operations. */
export function createFeatures({ database, queue, checks }: FeatureDependencies): Feature[] {
  return [createApiKeysFeature(database), createHealthFeature({ queue, checks })];
}
