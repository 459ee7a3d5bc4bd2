import type { ReportImport } from '@deployguard/contracts';
import type { ImportRow } from './queries.ts';

/** An upload as the API shows it: as a job, in the words of the original service. */
export function toReportImport(row: ImportRow): ReportImport {
  return {
    job_id: row.job_id,
    status: row.status as ReportImport['status'],
    progress: row.progress,
    current_step: row.current_step,
    created_at: row.created_at.toISOString(),
    started_at: row.started_at?.toISOString() ?? null,
    completed_at: row.completed_at?.toISOString() ?? null,
    filename: row.filename,
    file_size_bytes: row.file_size_bytes,
    scanner_type: row.scanner_type,
    asset_type: row.asset_type,
    import_type: row.import_type as ReportImport['import_type'],
    assessment_name: row.assessment_name,
    assets_imported: row.assets_imported,
    vulnerabilities_imported: row.vulnerabilities_imported,
    batch_summary: row.batch_summary as ReportImport['batch_summary'],
    error_message: row.error_message,
    error_traceback: null,
    summary: row.summary as ReportImport['summary'],
  };
}
