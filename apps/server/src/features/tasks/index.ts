export { createTasksFeature } from './routes.ts';
