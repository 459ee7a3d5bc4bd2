import type { Job, JobSecret } from '@deployguard/contracts';
import { formatItems } from '../terminal/format-quantity.ts';
import { type Column, renderFields, renderTable } from '../terminal/render-table.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** A job as people see it. */
export function renderJob(job: Job, terminal: Terminal): string {
  return renderFields(
    [
      ['job', job.id],
      ['status', isAtWork(job) ? `${job.status}, ${job.progress_percent} %: ${job.current_step ?? ''}` : job.status],
      ['repository', job.source_url ?? (job.source_id === null ? null : `uploaded as ${job.source_id}`)],
      ['branch', job.source_branch],
      ['secrets', job.total_secrets_found],
      ['target', job.target_url],
      ['last error', job.last_error && `${job.last_error.message} (${job.last_error.code})`],
      ['created', job.created_at],
      ['deleted after', job.expires_at],
    ],
    terminal,
  );
}

/** The secrets of a job, without values. */
export function renderSecrets(secrets: readonly JobSecret[], terminal: Terminal): string {
  return renderTable(secretColumns, secrets, terminal);
}

export const secretColumns: readonly Column<JobSecret>[] = [
  ['SECRET', ({ id }) => id],
  ['SEVERITY', ({ severity }) => severity],
  ['TYPE', ({ title }) => title],
  ['VALUE', ({ secret_value_preview: preview }) => preview],
  ['PLACE', ({ file_path: path, line }) => (path === null ? '(in no file)' : line === null ? path : `${path}:${line}`)],
  ['', ({ is_false_positive: isFalse, selected_for_cleaning: isSelected }) => (isFalse ? 'no secret' : isSelected ? 'selected' : '')],
];

export const jobColumns: readonly Column<Job>[] = [
  ['JOB', ({ id }) => id],
  ['STATUS', (job) => (isAtWork(job) ? `${job.status} ${job.progress_percent} %` : job.status)],
  ['SECRETS', ({ total_secrets_found: count }) => count],
  ['REPOSITORY', ({ source_url: url, source_id: id }) => url ?? id],
  ['CREATED', ({ created_at: at }) => at],
];

/** What can be done next with a job that rests. */
export function describeNextStep({ id, status, total_secrets_found: count }: Job): string | undefined {
  if (status === 'awaiting_selection') {
    return `${formatItems(count, 'secret')} found. Choose with \`deployguard jobs select ${id}\`, then \`deployguard jobs clean ${id}\`.`;
  }
  if (status === 'cleaned')
    return `Cleaned and proven. Next: \`deployguard jobs download ${id}\` or \`deployguard jobs push ${id} --target-url <url>\`.`;
  if (status === 'completed') return count === 0 ? 'No secrets were found.' : 'The cleaned repository was pushed.';
  return undefined;
}

export function isAtWork({ status }: Pick<Job, 'status'>): boolean {
  return status === 'pending' || status === 'scanning' || status === 'cleaning' || status === 'pushing';
}
