import type { Platform } from '../../feature.ts';
import { runInChild } from '../../platform/tasks/index.ts';
import type { TaskContext } from '../../platform/tasks/index.ts';
import { buildChildLimits } from './child-limits.ts';

/** Runs the `handle` of a module in a process of its own, within the limits that are configured. */
export async function runJobChild({ config, logger }: Platform, module: URL, order: unknown, context: TaskContext): Promise<unknown> {
  const { taskId, tenantId, subject } = context;
  return runInChild(module, order, context, {
    limits: buildChildLimits(config),
    onNote: (note) => logger.warn({ taskId, tenantId, subject, note }, 'noted by the process of a task'),
  });
}
