export { createImportsFeature } from './routes.ts';
