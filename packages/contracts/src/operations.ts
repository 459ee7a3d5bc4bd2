import { createApiKey, getApiKey, listApiKeys, revokeApiKey, rotateApiKey } from './api-keys.ts';
import { listAudit } from './audit.ts';
import { listFalsePositivePatterns, submitFeedback } from './feedback.ts';
import { getHealth, getReadiness } from './health.ts';
import {
  cleanJob,
  createJob,
  deleteJob,
  downloadJob,
  followJob,
  getJob,
  getJobProof,
  getJobReport,
  getProofKey,
  listJobSecrets,
  listJobs,
  pushJob,
  selectJobSecrets,
} from './job-operations.ts';
import { createSource } from './sources.ts';
import { listTasks, redriveTask } from './tasks.ts';
import {
  createWebhook,
  deleteWebhook,
  getWebhook,
  listWebhookDeliveries,
  listWebhooks,
  replayWebhookDelivery,
  updateWebhook,
} from './webhooks.ts';

/** Every operation of the API, by name. Servers register them, clients call them. */
export const operations = {
  cleanJob,
  createApiKey,
  createJob,
  createSource,
  createWebhook,
  deleteJob,
  deleteWebhook,
  downloadJob,
  followJob,
  getApiKey,
  getHealth,
  getJob,
  getJobProof,
  getJobReport,
  getProofKey,
  getReadiness,
  getWebhook,
  listApiKeys,
  listAudit,
  listFalsePositivePatterns,
  listJobSecrets,
  listJobs,
  listTasks,
  listWebhookDeliveries,
  listWebhooks,
  pushJob,
  redriveTask,
  replayWebhookDelivery,
  revokeApiKey,
  rotateApiKey,
  selectJobSecrets,
  submitFeedback,
  updateWebhook,
} as const;
