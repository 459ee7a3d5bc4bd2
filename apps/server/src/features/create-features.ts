import type { Feature, Platform } from '../feature.ts';
import { createApiKeysFeature } from './api-keys/index.ts';
import { createHealthFeature } from './health/index.ts';
import { createTasksFeature } from './tasks/index.ts';

/** Every feature of the service. What is listed here is served, worked off, documented, and tried by the tests that go over all operations. */
export function createFeatures(platform: Platform): Feature[] {
  return [createApiKeysFeature(platform), createHealthFeature(platform), createTasksFeature(platform)];
}
