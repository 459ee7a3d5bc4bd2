export { createAuditFeature } from './routes.ts';
