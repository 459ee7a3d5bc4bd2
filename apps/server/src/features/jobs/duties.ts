import type { Platform } from '../../feature.ts';
import { appendAudit, systemActor } from '../../platform/audit/index.ts';
import { forEachTenant, rowsPerRound } from '../../platform/database/index.ts';
import type { InTenant } from '../../platform/database/index.ts';
import { forgetEvents } from '../../platform/events/index.ts';
import type { Duty } from '../../platform/tasks/index.ts';
import { cancelJob } from './cancel-job.ts';
import { deleteOldJobs, listExpiredJobIds } from './queries.ts';
import { removeStrayFiles } from './remove-stray-files.ts';

/** How long a job is still listed after it has expired. */
const keptDays = 30;

/** What the scheduler does for jobs. */
export function createJobDuties(platform: Platform): Duty[] {
  return [
    { name: 'expire-jobs', everySeconds: 3600, run: (signal) => forEachTenant(platform.database, signal, expireJobs) },
    { name: 'forget-jobs', everySeconds: 86_400, run: (signal) => forEachTenant(platform.database, signal, forgetJobs) },
    { name: 'clean-storage', everySeconds: 86_400, run: (signal) => cleanStorage(platform, signal) },
  ];
}

async function expireJobs(inTenant: InTenant): Promise<number> {
  const ids = await inTenant((tx) => listExpiredJobIds(tx, rowsPerRound));
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
    const ids = await deleteOldJobs(tx, keptDays, rowsPerRound);
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
  await platform.storage.removeUnfinished();
}

/** What no deletion caught: an upload that is a day older than it may be, of a request that was cut off. */
async function removeOldUploads({ storage, config }: Platform, signal: AbortSignal): Promise<void> {
  const oldest = Date.now() - (config.jobs.expireAfterDays + 1) * 86_400_000;
  for await (const { key, modifiedAt } of storage.list('sources/')) {
    if (signal.aborted) return;
    if (modifiedAt.getTime() < oldest) await storage.remove(key);
  }
}
