import { existsSync } from 'node:fs';
import type { Platform } from '../../feature.ts';
import type { Duty } from '../../platform/tasks/index.ts';
import { routerOrderOf } from '../../router.ts';
import { listServing, lockApplication } from './application-queries.ts';
import { applyKind } from './kinds.ts';
import type { OpenRuntime } from './runtime.ts';
import { takeTurn } from './turns.ts';

/** What the scheduler does for applications: after the machine was started anew, they come back. */
export function createDeploymentDuties(platform: Platform, openRuntime: OpenRuntime): Duty[] {
  return [{ name: 'keep-applications', everySeconds: 20, run: (signal) => keepApplications(platform, openRuntime, signal) }];
}

/** Instances are restarted by their supervisors; here is seen to it that these, and the router, are there. */
async function keepApplications({ config, database }: Platform, openRuntime: OpenRuntime, signal: AbortSignal): Promise<void> {
  // Nothing was ever deployed from here.
  if (!existsSync(routerOrderOf(config).tablePath)) return;
  const tenants = await database.asSystem((tx) => tx.selectFrom('tenants').select('tenant_id').execute());
  for (const { tenant_id: tenantId } of tenants) {
    for (const application of await database.asTenant(tenantId, listServing)) {
      if (signal.aborted) return;
      const { target } = await openRuntime(application.target);
      const present = await target.list(application.label);
      if (present.some(({ release }) => release === application.current_release_id)) continue;
      await database.asTenant(tenantId, async (tx) => {
        const locked = await lockApplication(tx, { id: application.id });
        const isSame =
          locked?.current_release_id === application.current_release_id && locked?.active_task_id === null && !locked.is_stopped;
        if (!isSame) return;
        const subject = application.current_deployment_id ?? application.id;
        await takeTurn(tx, locked, { kind: applyKind, input: { applicationId: application.id }, subject });
      });
    }
  }
}
