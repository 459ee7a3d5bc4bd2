export { createHealthFeature } from './routes.ts';
