export { createFeedbackFeature } from './routes.ts';
