import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import type { Severity } from '@deployguard/findings';
import { severities } from '@deployguard/findings';
import { findEmitter } from '@deployguard/reports';
import type { Report } from '@deployguard/reports';
import type { Platform } from '../../feature.ts';
import { ApiError } from '../../platform/http/index.ts';
import type { Caller } from '../../platform/http/index.ts';
import { nameRepository } from './name-repository.ts';
import type { JobRow } from './queries.ts';
import { countSecretsBySeverity, listSecrets, listSecretsByRule } from './secret-queries.ts';
import type { JobService } from './service.ts';
import { cleanedKeys } from './storage-keys.ts';
import { toFinding } from './to-answer.ts';
import { version } from './version.ts';

const archives = {
  zip: { contentType: 'application/zip', extension: 'zip' },
  bundle: { contentType: 'application/x-git-bundle', extension: 'bundle' },
} as const;

const findingsPerPage = 500;

/** What a job gives out: the cleaned repository, its proof and the report. */
export function createJobFiles(platform: Platform, jobs: JobService) {
  return {
    /** An address at which the caller's browser finds the archive for a while. */
    async linkArchive(caller: Caller, id: string, format: keyof typeof archives, method: 'GET' | 'HEAD'): Promise<string> {
      const job = await jobs.find(caller, id);
      if (job.cleaned_key === null) {
        throw new ApiError('ILLEGAL_STATE', `There is no cleaned repository: the job is ${job.status}. What was pushed is no longer kept.`);
      }
      const { contentType, extension } = archives[format];
      const link = await platform.storage.signedUrl(cleanedKeys(job.cleaned_key)[format], {
        expiresInSeconds: platform.config.storage.downloadSeconds,
        fileName: `${nameRepository(job)}.cleaned.${extension}`,
        contentType,
        method,
      });
      await jobs.noteDownload(caller, id, format);
      return link;
    },

    async getProof(caller: Caller, id: string): Promise<Record<string, unknown>> {
      const job = await jobs.find(caller, id);
      if (job.proof_key === null) throw new ApiError('ILLEGAL_STATE', `There is no proof: the job is ${job.status}, or was not cleaned.`);
      const { body } = await platform.storage.get(job.proof_key);
      return (await json(body)) as Record<string, unknown>;
    },

    /** Made of the rows, so it holds no value whatever happens, and never more than a page of it is in memory. */
    async openReport(caller: Caller, id: string, format: string): Promise<{ mediaType: string; body: Readable }> {
      const job = await jobs.find(caller, id);
      if (job.report_key === null && job.status !== 'completed') {
        throw new ApiError('ILLEGAL_STATE', `There is no report: the job is ${job.status}.`);
      }
      const emitter = findEmitter(format)!;
      const report = await buildReport(job);
      return { mediaType: emitter.mediaType, body: Readable.from(emitter.emit(report), { objectMode: false }) };
    },
  };

  async function buildReport(job: JobRow): Promise<Report> {
    const { tenant_id: tenantId, id } = job;
    const { counts, examples } = await platform.database.asTenant(tenantId, async (tx) => ({
      counts: await countSecretsBySeverity(tx, id),
      examples: await listSecretsByRule(tx, id),
    }));
    const startedAt = job.started_at ?? job.created_at;
    const endedAt = examples[0]?.created_at ?? job.completed_at ?? startedAt;
    const bySeverity = Object.fromEntries(severities.map((severity) => [severity, counts.get(severity) ?? 0])) as Record<Severity, number>;
    return {
      tool: { name: 'deployguard', version },
      subject: { name: nameRepository(job), ...(job.source_url === null ? {} : { uri: job.source_url }) },
      startedAt: startedAt.toISOString(),
      durationSeconds: Math.max(0, endedAt.getTime() - startedAt.getTime()) / 1000,
      rules: examples.map(toFinding).map(({ ruleId, title, severity, references, guidance }) => ({
        id: ruleId,
        title,
        severity,
        tags: ['secret'],
        ...(references?.[0] === undefined ? {} : { helpUri: references[0] }),
        ...(guidance === undefined ? {} : { guidance }),
      })),
      summary: { total: [...counts.values()].reduce((sum, count) => sum + count, 0), bySeverity },
      findings: listFindings(tenantId, id),
    };
  }

  async function* listFindings(tenantId: string, jobId: string) {
    for (let afterId: string | undefined; ;) {
      const page = { limit: findingsPerPage, offset: undefined, afterId };
      const rows = await platform.database.asTenant(tenantId, (tx) => listSecrets(tx, jobId, {}, page));
      for (const row of rows.slice(0, findingsPerPage)) yield toFinding(row);
      if (rows.length <= findingsPerPage) return;
      afterId = rows[findingsPerPage - 1]!.id;
    }
  }
}
