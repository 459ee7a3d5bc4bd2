export { issueApiKey } from './issue-api-key.ts';
export { createApiKeysFeature } from './routes.ts';
