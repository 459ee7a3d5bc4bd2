import type { Platform } from '../../feature.ts';
import type { Duty } from '../../platform/tasks/index.ts';
import { cancelJob } from './cancel-job.ts';
import { listExpiredJobIds } from './queries.ts';
import { storedKinds } from './storage-keys.ts';

const jobsPerRound = 100;

/** What the scheduler does for jobs. */
export function createJobDuties(platform: Platform): Duty[] {
  return [
    { name: 'expire-jobs', everySeconds: 3600, run: (signal) => expireJobs(platform, signal) },
    { name: 'clean-storage', everySeconds: 86_400, run: (signal) => removeOldFiles(platform, signal) },
  ];
}

async function expireJobs({ database }: Platform, signal: AbortSignal): Promise<void> {
  const tenants = await database.asSystem((tx) => tx.selectFrom('tenants').select('tenant_id').execute());
  for (const { tenant_id: tenantId } of tenants) {
    for (let count = jobsPerRound; count === jobsPerRound && !signal.aborted;) {
      const ids = await database.asTenant(tenantId, (tx) => listExpiredJobIds(tx, jobsPerRound));
      count = ids.length;
      for (const id of ids) await database.asTenant(tenantId, (tx) => cancelJob(tx, id, () => 'expired'));
    }
  }
}

/** What no deletion caught: everything expires with its job, so what is a day older than that belongs to none. */
async function removeOldFiles({ storage, config }: Platform, signal: AbortSignal): Promise<void> {
  const oldest = Date.now() - (config.jobs.expireAfterDays + 1) * 86_400_000;
  for (const kind of storedKinds) {
    for await (const { key, modifiedAt } of storage.list(kind)) {
      if (signal.aborted) return;
      if (modifiedAt.getTime() < oldest) await storage.remove(key);
    }
  }
}
