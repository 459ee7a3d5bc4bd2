export { createFindingsFeature } from './routes.ts';
