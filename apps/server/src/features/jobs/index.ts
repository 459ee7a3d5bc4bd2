export { findSourceKey } from './queries.ts';
export { openRemote } from './open-remote.ts';
export { createJobsFeature } from './routes.ts';
export { runJobChild, standByForJob } from './run-job-child.ts';
export { version } from './version.ts';
export { createWorkDirectory, removeLostWorkDirectories } from './work-directory.ts';
export type { WorkDirectory } from './work-directory.ts';
