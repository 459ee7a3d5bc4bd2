export type { ServiceChecks } from './check-services.ts';
export { createHealthFeature } from './routes.ts';
