import { operations } from '@deployguard/contracts';
import type { Feature, Platform } from '../../feature.ts';
import { createTaskService } from './service.ts';

/** Background work as its owner sees it: what waits, runs, failed; and trying again what failed for good. */
export function createTasksFeature({ database }: Pick<Platform, 'database'>): Feature {
  const tasks = createTaskService(database);
  return {
    name: 'tasks',
    register(api) {
      api.add(operations.listTasks, ({ caller, query }) => tasks.list(caller, query));
      api.add(operations.redriveTask, ({ caller, params, idempotency }) => tasks.redrive(caller, params.id, idempotency));
    },
  };
}
