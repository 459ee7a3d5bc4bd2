export { createApiKeysFeature } from './routes.ts';
