export { createDeploymentsFeature } from './routes.ts';
