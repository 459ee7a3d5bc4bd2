import { randomUUIDv7 } from 'node:crypto';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Platform } from '../../feature.ts';
import { appendAudit } from '../../platform/audit/index.ts';
import { sealStorage } from '../../platform/storage/index.ts';
import type { TaskContext } from '../../platform/tasks/index.ts';
import { announceState } from './announce-state.ts';
import { beginWork } from './begin-work.ts';
import { chooseRequester } from './choose-requester.ts';
import { classifySecret } from './classify-secret.ts';
import { jobChangedError } from './job-error.ts';
import type { JobInput } from './kinds.ts';
import { findSourceKey, updateJob } from './queries.ts';
import type { JobRow } from './queries.ts';
import { openRemote } from './open-remote.ts';
import { runJobChild } from './run-job-child.ts';
import type { FoundSecret, ScanOrder } from './scan-child.ts';
import { insertSecrets } from './secret-queries.ts';
import type { NewSecret } from './secret-queries.ts';
import { steps } from './states.ts';
import { buildRunKeys } from './storage-keys.ts';
import { createWorkDirectory } from './work-directory.ts';
import type { WorkDirectory } from './work-directory.ts';

const child = new URL(`./scan-child${extname(import.meta.filename)}`, import.meta.url);

/** Clones, scans, and keeps what was found: the values sealed in the storage, everything else as rows. */
export async function scanJob(platform: Platform, input: JobInput, context: TaskContext): Promise<void> {
  const { jobId } = input;
  const job = await context.fenced((tx) => beginWork(tx, input, { status: 'scanning', before: ['pending', 'failed'], context }));
  const requester = chooseRequester(context, job);
  await using work = await createWorkDirectory(platform);
  const order: ScanOrder = {
    workDirectory: work.path,
    source: await openSource(platform, job, work, context),
    fingerprintKey: platform.keyring.tenantKey(context.tenantId).toString('base64'),
  };
  await runJobChild(platform, child, order, context);

  const secrets = await loadSecrets(work, jobId);
  const isClean = secrets.length === 0;
  const keys = buildRunKeys(jobId, context);
  if (!isClean) {
    await context.progress(95, 'Storing the results');
    const sealed = sealStorage(platform.storage, platform.keyring);
    await sealed.put(keys.source, work.read('source.bundle'));
    await sealed.put(keys.values, work.read('values.jsonl'));
  }
  await context.finish(async (tx) => {
    const status = isClean ? 'completed' : 'awaiting_selection';
    const changed = await updateJob(tx, jobId, ['scanning'], {
      status,
      total_secrets_found: secrets.length,
      progress_percent: 100,
      current_step: steps[status],
      last_error: null,
      ...(isClean ? { completed_at: new Date() } : { source_key: keys.source, report_key: keys.values }),
    });
    if (changed === undefined) throw jobChangedError();
    await insertSecrets(tx, secrets);
    await announceState(tx, { jobId, status, requester }, { total_secrets_found: secrets.length });
    const details = { total_secrets_found: secrets.length };
    await appendAudit(tx, { ...requester, action: 'scan_finished', jobId, details });
  });
}

async function openSource(platform: Platform, job: JobRow, work: WorkDirectory, context: TaskContext): Promise<ScanOrder['source']> {
  const branch = job.source_branch === null ? {} : { branch: job.source_branch };
  if (job.source_url !== null) {
    const remote = await openRemote(platform, { url: job.source_url, credentialsId: job.source_credentials_id, userId: job.user_id });
    return { remote, ...branch };
  }
  const key = await context.fenced((tx) => findSourceKey(tx, job.source_id!));
  if (key === undefined) throw jobChangedError();
  const body = await sealStorage(platform.storage, platform.keyring).get(key);
  return { bundle: await work.save('upload.bundle', body, context.signal) };
}

/** In the order of the findings, worst first: ids of one list follow it. */
async function loadSecrets(work: WorkDirectory, jobId: string): Promise<NewSecret[]> {
  const found: FoundSecret[] = [];
  for await (const line of createInterface({ input: work.read('findings.jsonl'), crlfDelay: Infinity })) {
    found.push(JSON.parse(line) as FoundSecret);
  }
  const ids = found.map(() => randomUUIDv7()).sort();
  return found.map((secret, index) => toRow(secret, { id: ids[index]!, jobId }));
}

function toRow({ finding, preview, valueHash, occurrences }: FoundSecret, { id, jobId }: { id: string; jobId: string }): NewSecret {
  const { location } = finding;
  const commit = location.commit;
  return {
    id,
    job_id: jobId,
    finding_id: finding.id,
    rule_id: finding.ruleId,
    secret_type: classifySecret(finding.ruleId),
    severity: finding.severity,
    secret_value_hash: valueHash,
    secret_value_preview: preview.slice(0, 32),
    file_path: location.path ?? null,
    line_number: location.line ?? null,
    commit_id: commit?.id ?? null,
    author_name: commit?.authorName ?? null,
    committed_at: commit?.date ?? null,
    occurrence_count: Math.max(1, occurrences),
    location: JSON.stringify(finding),
  };
}
