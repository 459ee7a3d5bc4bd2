export { createSourcesFeature } from './routes.ts';
