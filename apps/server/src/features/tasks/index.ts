export { listAllTasks, redriveAnyTask } from './operate-tasks.ts';
export { createTasksFeature } from './routes.ts';
