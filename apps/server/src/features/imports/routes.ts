import { operations } from '@deployguard/contracts';
import type { Feature, Platform } from '../../feature.ts';
import { version } from '../jobs/index.ts';
import { createImportDuties } from './duties.ts';
import { followImport, speakPhoenix } from './follow-import.ts';
import { measureImports } from './measure-imports.ts';
import { createImportService } from './service.ts';
import { createImportTasks } from './tasks.ts';
import { createReportUploadService } from './upload-service.ts';

/** Reports of scanners that are uploaded, on the wire of the original scanner service. */
export function createImportsFeature(platform: Platform): Feature {
  const imports = createImportService(platform);
  const uploads = createReportUploadService(platform);
  return {
    name: 'imports',
    register(api) {
      api.add(operations.uploadReport, (call) => imports.upload(call));
      api.add(operations.listImports, ({ caller, query }) => imports.list(caller, query));
      api.add(operations.getImport, ({ caller, params }) => imports.get(caller, params.job_id));
      api.add(operations.startReportUpload, (call) => uploads.start(call));
      api.add(operations.getReportUpload, ({ caller, params }) => uploads.get(caller, params.upload_id));
      api.add(operations.putReportPart, (call) => uploads.put(call));
      api.add(operations.cancelReportUpload, async ({ caller, params }, reply) => {
        await uploads.cancel(caller, params.upload_id);
        return reply.send();
      });
      api.add(operations.listImportLogs, ({ caller, params, query }) => imports.listLogs(caller, params.job_id, query));
      api.add(operations.cancelImport, async ({ caller, params }, reply) => {
        await imports.cancel(caller, params.job_id);
        return reply.send();
      });
      api.add(operations.pingScanner, async () => ({ status: 'ok', timestamp: new Date().toISOString() }) as const);
      api.add(operations.getScannerHealth, async () => {
        const isUp = await platform.doorbell.isUp();
        const { pending, processing, total, workers } = await measureImports(platform.database);
        return {
          status: isUp ? 'healthy' : 'degraded',
          version,
          timestamp: new Date().toISOString(),
          workers: {
            status: isUp ? 'available' : 'unavailable',
            active_workers: workers,
            max_concurrent_jobs: platform.config.worker.concurrency,
          },
          queue: {
            redis_status: isUp ? 'connected' : 'disconnected',
            pending_jobs: pending,
            processing_jobs: processing,
            total_jobs: total,
          },
        } as const;
      });
      api.addStream(
        operations.followImport,
        (call) => followImport(platform, imports, call),
        (call) => speakPhoenix(imports, call),
      );
    },
    tasks: createImportTasks(platform),
    duties: createImportDuties(platform),
  };
}
