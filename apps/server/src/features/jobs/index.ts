export { createJobsFeature } from './routes.ts';
