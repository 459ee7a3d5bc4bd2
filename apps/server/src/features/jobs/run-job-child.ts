import type { Platform } from '../../feature.ts';
import { standBy } from '../../platform/tasks/index.ts';
import type { StandbyChild, TaskContext } from '../../platform/tasks/index.ts';
import { buildChildLimits } from './child-limits.ts';

/** Runs the `handle` of a module in a process of its own, within the limits that are configured. */
export async function runJobChild(platform: Platform, module: URL, order: unknown, context: TaskContext): Promise<unknown> {
  context.signal.throwIfAborted();
  await using child = standByForJob(platform, module, context);
  return await child.run(order, context);
}

/** Starts the process of `runJobChild` before there is an order for it. */
export function standByForJob({ config, logger }: Platform, module: URL, { taskId, tenantId, subject }: TaskContext): StandbyChild {
  return standBy(module, {
    limits: buildChildLimits(config),
    onNote: (note) => logger.warn({ taskId, tenantId, subject, note }, 'noted by the process of a task'),
  });
}
