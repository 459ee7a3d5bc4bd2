import type { Platform } from '../../feature.ts';
import { appendAudit, systemActor } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { forgetEvents } from '../../platform/events/index.ts';
import type { Duty } from '../../platform/tasks/index.ts';
import { cancelJob } from './cancel-job.ts';
import { deleteOldJobs, listExpiredJobIds } from './queries.ts';
import { removeStrayFiles } from './remove-stray-files.ts';

const jobsPerRound = 100;
/** How long a job is still listed after it has expired. */
const keptDays = 30;

/** What the scheduler does for jobs. */
export function createJobDuties(platform: Platform): Duty[] {
  return [
    { name: 'expire-jobs', everySeconds: 3600, run: (signal) => forEachTenant(platform, signal, expireJobs) },
    { name: 'forget-jobs', everySeconds: 86_400, run: (signal) => forEachTenant(platform, signal, forgetJobs) },
    { name: 'clean-storage', everySeconds: 86_400, run: (signal) => cleanStorage(platform, signal) },
  ];
}

type InTenant = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;

/** Each gets its rounds, until one finds less than a full one. */
async function forEachTenant({ database }: Platform, signal: AbortSignal, round: (inTenant: InTenant) => Promise<number>): Promise<void> {
  const tenants = await database.asSystem((tx) => tx.selectFrom('tenants').select('tenant_id').execute());
  for (const { tenant_id: tenantId } of tenants) {
    let count = jobsPerRound;
    while (count === jobsPerRound && !signal.aborted) count = await round((work) => database.asTenant(tenantId, work));
  }
}

async function expireJobs(inTenant: InTenant): Promise<number> {
  const ids = await inTenant((tx) => listExpiredJobIds(tx, jobsPerRound));
  for (const id of ids) {
    await inTenant(async (tx) => {
      const { before } = (await cancelJob(tx, id, () => 'expired', systemActor)) ?? {};
      if (before !== undefined) {
        await appendAudit(tx, { ...systemActor, action: 'job_expired', jobId: id, details: { status: before.status } });
      }
    });
  }
  return ids.length;
}

async function forgetJobs(inTenant: InTenant): Promise<number> {
  return inTenant(async (tx) => {
    const ids = await deleteOldJobs(tx, keptDays, jobsPerRound);
    for (const id of ids) {
      await forgetEvents(tx, id);
      await appendAudit(tx, { ...systemActor, action: 'job_forgotten', jobId: id });
    }
    return ids.length;
  });
}

async function cleanStorage(platform: Platform, signal: AbortSignal): Promise<void> {
  await removeStrayFiles(platform, signal);
  await removeOldUploads(platform, signal);
}

/** What no deletion caught: an upload that is a day older than it may be, of a request that was cut off. */
async function removeOldUploads({ storage, config }: Platform, signal: AbortSignal): Promise<void> {
  const oldest = Date.now() - (config.jobs.expireAfterDays + 1) * 86_400_000;
  for await (const { key, modifiedAt } of storage.list('sources/')) {
    if (signal.aborted) return;
    if (modifiedAt.getTime() < oldest) await storage.remove(key);
  }
}
