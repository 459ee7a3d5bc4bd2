import type { Job, JobSecret } from '@deployguard/contracts';
import type { Finding } from '@deployguard/findings';
import type { JobRow } from './queries.ts';
import type { SecretRow } from './secret-queries.ts';

/** A job as the API shows it. */
export function toJob(row: JobRow): Job {
  return {
    id: row.id,
    status: row.status,
    progress_percent: row.progress_percent,
    current_step: row.current_step,
    source_platform: row.source_platform as Job['source_platform'],
    source_url: row.source_url,
    source_id: row.source_id,
    source_branch: row.source_branch,
    total_secrets_found: row.total_secrets_found,
    last_error: row.last_error as Job['last_error'],
    target_url: row.target_url,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
  };
}

/** A found secret as the API shows it. */
export function toSecret(row: SecretRow): JobSecret {
  return {
    id: row.id,
    secret_type: row.secret_type as JobSecret['secret_type'],
    secret_value_preview: row.secret_value_preview,
    rule_id: row.rule_id,
    title: toFinding(row).title,
    severity: row.severity,
    file_path: row.file_path,
    line: row.line_number,
    commit_id: row.commit_id,
    occurrences: row.occurrence_count,
    selected_for_cleaning: row.selected_for_cleaning,
    is_false_positive: row.is_false_positive,
  };
}

/** What the scan said about it, without the value. */
export function toFinding({ location }: Pick<SecretRow, 'location'>): Finding {
  return location as Finding;
}
