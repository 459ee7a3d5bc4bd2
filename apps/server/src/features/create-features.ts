import type { Feature, Platform } from '../feature.ts';
import { createApiKeysFeature } from './api-keys/index.ts';
import { createAuditFeature } from './audit/index.ts';
import { createDeploymentsFeature } from './deployments/index.ts';
import { createFeedbackFeature } from './feedback/index.ts';
import { createFindingsFeature } from './findings/index.ts';
import { createHealthFeature } from './health/index.ts';
import { createImportsFeature } from './imports/index.ts';
import { createJobsFeature } from './jobs/index.ts';
import { createSourcesFeature } from './sources/index.ts';
import { createTasksFeature } from './tasks/index.ts';
import { createWebhooksFeature } from './webhooks/index.ts';

/** Every feature of the service. What is listed here is served, worked off, documented, and tried by the tests that go over all operations. */
export function createFeatures(platform: Platform): Feature[] {
  return [
    createApiKeysFeature(platform),
    createAuditFeature(platform),
    createDeploymentsFeature(platform),
    createFeedbackFeature(platform),
    createFindingsFeature(platform),
    createHealthFeature(platform),
    createImportsFeature(platform),
    createJobsFeature(platform),
    createSourcesFeature(platform),
    createTasksFeature(platform),
    createWebhooksFeature(platform),
  ];
}
