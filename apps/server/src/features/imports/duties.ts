import type { Platform } from '../../feature.ts';
import { appendAudit, systemActor } from '../../platform/audit/index.ts';
import { forEachTenant, rowsPerRound } from '../../platform/database/index.ts';
import { forgetEvents } from '../../platform/events/index.ts';
import type { Duty } from '../../platform/tasks/index.ts';
import { deleteImports, listOldImportIds } from './queries.ts';
import { buildReportFolder, reportKeys } from './storage-keys.ts';
import { deleteUpload, listExpiredUploadIds } from './upload-queries.ts';

/** What the scheduler does for uploads: their rows and logs go after a time; what was found stays. */
export function createImportDuties(platform: Platform): Duty[] {
  return [
    {
      name: 'forget-imports',
      everySeconds: 3600,
      run: (signal) =>
        forEachTenant(platform.database, signal, (inTenant) =>
          inTenant(async (tx) => {
            const ids = await listOldImportIds(tx, platform.config.imports.expireAfterDays, rowsPerRound);
            for (const id of ids) await forgetEvents(tx, id);
            if (ids.length > 0) {
              await deleteImports(tx, ids);
              await appendAudit(tx, { ...systemActor, action: 'imports_forgotten', details: { imports: ids.length } });
            }
            return ids.length;
          }),
        ),
    },
    {
      name: 'forget-report-uploads',
      everySeconds: 3600,
      run: (signal) =>
        forEachTenant(platform.database, signal, async (inTenant) => {
          const ids = await inTenant((tx) => listExpiredUploadIds(tx, rowsPerRound));
          for (const id of ids) {
            await platform.storage.remove(buildReportFolder(id));
            await inTenant((tx) => deleteUpload(tx, id));
          }
          return ids.length;
        }),
    },
    { name: 'remove-old-reports', everySeconds: 86_400, run: (signal) => removeOldReports(platform, signal) },
  ];
}

/** What no clean-up caught: a report that is older than any attempt can be, of a request or worker that was cut off. */
async function removeOldReports({ storage, config }: Platform, signal: AbortSignal): Promise<void> {
  const oldest = Date.now() - (config.imports.expireAfterDays + 1) * 86_400_000;
  for await (const { key, modifiedAt } of storage.list(reportKeys)) {
    if (signal.aborted) return;
    if (modifiedAt.getTime() < oldest) await storage.remove(key);
  }
}
