import { randomUUIDv7 } from 'node:crypto';
import type { BodyOf, Job, JobAccepted, JobDetails, JobStatus, QueryOf, operations } from '@deployguard/contracts';
import { assertBranchName, encodeName, parseCloneUrl } from '@deployguard/git';
import type { Platform } from '../../feature.ts';
import { appendAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { ApiError, auditFieldsOf, buildPage, notFoundError, parsePage } from '../../platform/http/index.ts';
import type { Caller, RequestClaim } from '../../platform/http/index.ts';
import { enqueueTask } from '../../platform/tasks/index.ts';
import type { TaskKind } from '../../platform/tasks/index.ts';
import { announceState } from './announce-state.ts';
import { auditSelection } from './audit-selection.ts';
import { cancelJob, deleteResult } from './cancel-job.ts';
import { digestSelection } from './digest-selection.ts';
import type { CleanInput, JobInput, PushInput } from './kinds.ts';
import { cleanKind, pushKind, scanKind } from './kinds.ts';
import { countJobs, findJob, findSourceKey, insertJob, listJobs, lockJob, updateJob } from './queries.ts';
import type { JobRow } from './queries.ts';
import { countKnownSecrets, countSecrets, listSecrets, listSelectedHashes, markFittingSecrets, markSecrets } from './secret-queries.ts';
import { isEnded, selectable, steps } from './states.ts';
import { toJob, toSecret } from './to-answer.ts';

type Ops = typeof operations;
type Selection = BodyOf<Ops['selectJobSecrets']>;
type Idempotency = RequestClaim | undefined;

const secretsShownWithJob = 1000;

export type JobService = ReturnType<typeof createJobService>;

/** What people do with jobs. Each change is one transaction: the job, its task, the doorbell, the event and the audit entry, or nothing. */
export function createJobService(platform: Platform) {
  const inTenant = <T>({ actor }: Caller, work: (tx: Tx) => Promise<T>): Promise<T> => platform.database.asTenant(actor.tenantId, work);

  return {
    async create(caller: Caller, body: BodyOf<Ops['createJob']>, idempotency: Idempotency): Promise<JobAccepted> {
      assertOneSource(body);
      assertUsableBranch(body);
      if (body.source_url !== undefined) assertUsableUrl(body.source_url, '/source_url', body.source_credentials_id);
      return inTenant(caller, async (tx) => {
        const { source_id: sourceId } = body;
        if (sourceId !== undefined && (await findSourceKey(tx, sourceId)) === undefined) {
          throw invalid('/source_id', 'names no uploaded source');
        }
        const [id, taskId] = [randomUUIDv7(), randomUUIDv7()];
        const job = await insertJob(tx, {
          id,
          task_id: taskId,
          user_id: caller.actor.userId,
          source_platform: body.source_platform,
          source_url: body.source_url ?? null,
          source_branch: body.source_branch ?? null,
          source_credentials_id: body.source_credentials_id ?? null,
          source_id: sourceId ?? null,
          current_step: steps.pending,
          expires_at: new Date(Date.now() + platform.config.jobs.expireAfterDays * 86_400_000),
        });
        const input: JobInput = { jobId: id };
        return start(tx, caller, job, { kind: scanKind, taskId, input, action: 'job_created', details: { ...body }, idempotency });
      });
    },

    async list(caller: Caller, query: QueryOf<Ops['listJobs']>) {
      const page = parsePage(query);
      return inTenant(caller, async (tx) => ({
        ...buildPage(await listJobs(tx, query, page), page, toJob),
        ...(page.offset === undefined ? {} : { total: await countJobs(tx, query) }),
      }));
    },

    async get(caller: Caller, id: string): Promise<JobDetails> {
      return inTenant(caller, async (tx) => {
        const job = await getJob(tx, id);
        const secrets = job.total_secrets_found === 0 ? [] : await listSecrets(tx, id, {}, { ...firstPage, limit: secretsShownWithJob });
        return { job: toJob(job), secrets: secrets.slice(0, secretsShownWithJob).map(toSecret) };
      });
    },

    /**
     * Stops what is under way and deletes what was stored; again it is no error. A job that had ended is `expired` then: what it found is no
     * longer there, and it must not look as if that had been nothing.
     */
    async remove(caller: Caller, id: string): Promise<Job> {
      return inTenant(caller, async (tx) => {
        const { before, after } = (await cancelJob(tx, id, stateWhenDeleted, auditFieldsOf(caller))) ?? fail();
        await appendAudit(tx, { action: 'job_deleted', jobId: id, details: { status: before.status }, ...auditFieldsOf(caller) });
        return toJob(after);
      });
    },

    async listSecrets(caller: Caller, id: string, query: QueryOf<Ops['listJobSecrets']>) {
      const page = parsePage(query);
      return inTenant(caller, async (tx) => {
        await getJob(tx, id);
        return {
          ...buildPage(await listSecrets(tx, id, query, page), page, toSecret),
          ...(page.offset === undefined ? {} : { total: await countSecrets(tx, id, query) }),
        };
      });
    },

    /** After a cleaning, another selection takes the job back to where it can be cleaned again. */
    async select(caller: Caller, id: string, body: Selection, idempotency: Idempotency) {
      assertOneSelection(body);
      const { secret_ids: ids = [], filter, mark_false_positives: falsePositives = [] } = body;
      return inTenant(caller, async (tx) => {
        const job = (await lockJob(tx, id)) ?? fail();
        assertState(job, selectable, 'Secrets can be selected');
        await assertKnown(tx, id, body);
        if (filter === undefined) await markSecrets(tx, id, ids, falsePositives);
        const selected = filter === undefined ? ids.length : await markFittingSecrets(tx, id, filter, falsePositives);
        if (filter !== undefined && selected === 0) throw invalid('/filter', 'lets no secret of this job through');
        const changed = await moveJob(tx, job, {
          status: 'awaiting_selection',
          current_step: steps.awaiting_selection,
          ...noResult,
        });
        if (changed.status !== job.status) await announceState(tx, { jobId: id, status: changed.status, requester: auditFieldsOf(caller) });
        const counts = { selected, false_positives: falsePositives.length };
        const answer = { job: toJob(changed), ...counts };
        await idempotency?.complete(tx, answer);
        await deleteResult(tx, job, auditFieldsOf(caller));
        await auditSelection(tx, id, body, { requester: auditFieldsOf(caller), counts });
        return answer;
      });
    },

    async clean(caller: Caller, id: string, idempotency: Idempotency): Promise<JobAccepted> {
      return inTenant(caller, async (tx) => {
        const job = (await lockJob(tx, id)) ?? fail();
        assertState(job, selectable, 'A job can be cleaned');
        const hashes = await listSelectedHashes(tx, id);
        if (hashes.length === 0) throw new ApiError('ILLEGAL_STATE', 'Nothing is selected: choose the secrets that are to go first.');
        const taskId = randomUUIDv7();
        const cleaning = await moveJob(tx, job, { ...atWork('cleaning'), task_id: taskId, ...noResult });
        await deleteResult(tx, job, auditFieldsOf(caller));
        const input: CleanInput = { jobId: id, selection: digestSelection(hashes) };
        const details = { values: hashes.length, selection: input.selection };
        return start(tx, caller, cleaning, { kind: cleanKind, taskId, input, action: 'clean_requested', details, idempotency });
      });
    },

    async push(caller: Caller, id: string, body: BodyOf<Ops['pushJob']>, idempotency: Idempotency): Promise<JobAccepted> {
      assertUsableUrl(body.target_url, '/target_url', body.target_credentials_id);
      return inTenant(caller, async (tx) => {
        const job = (await lockJob(tx, id)) ?? fail();
        assertState(job, ['cleaned'], 'A job can be pushed');
        const taskId = randomUUIDv7();
        const pushing = await moveJob(tx, job, {
          ...atWork('pushing'),
          task_id: taskId,
          target_platform: body.target_platform,
          target_url: body.target_url,
          target_credentials_id: body.target_credentials_id ?? null,
          force_push: body.force_push ?? false,
        });
        const input: PushInput = {
          jobId: id,
          push: {
            cleanedKey: job.cleaned_key!,
            targetPlatform: body.target_platform,
            targetUrl: body.target_url,
            targetCredentialsId: body.target_credentials_id ?? null,
            isForced: body.force_push ?? false,
          },
        };
        return start(tx, caller, pushing, { kind: pushKind, taskId, input, action: 'push_requested', details: { ...body }, idempotency });
      });
    },

    /** The job, to look up what is stored for it. */
    async find(caller: Caller, id: string): Promise<JobRow> {
      return inTenant(caller, (tx) => getJob(tx, id));
    },

    async noteDownload(caller: Caller, id: string, format: string): Promise<void> {
      await inTenant(caller, (tx) =>
        appendAudit(tx, { action: 'cleaned_downloaded', jobId: id, details: { format }, ...auditFieldsOf(caller) }),
      );
    },
  };
}

function stateWhenDeleted({ status }: JobRow): 'cancelled' | 'expired' {
  return isEnded(status) && status !== 'cancelled' ? 'expired' : 'cancelled';
}

interface Start {
  readonly kind: TaskKind;
  readonly taskId: string;
  readonly input: JobInput;
  readonly action: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly idempotency: Idempotency;
}

async function start(
  tx: Tx,
  caller: Caller,
  job: JobRow,
  { kind, taskId, input, action, details, idempotency }: Start,
): Promise<JobAccepted> {
  const requester = auditFieldsOf(caller);
  await enqueueTask(tx, kind, input, { id: taskId, subject: job.id, requester });
  await announceState(tx, { jobId: job.id, status: job.status, requester });
  const accepted = { id: job.id, status: job.status, progress_percent: job.progress_percent };
  await idempotency?.complete(tx, accepted);
  await appendAudit(tx, { ...requester, action, jobId: job.id, details });
  return accepted;
}

/** What is given out fits the selection: of an earlier one there is nothing any more. */
const noResult = { cleaned_key: null, proof_key: null };

const firstPage = { limit: 0, offset: undefined, afterId: undefined };

function atWork(status: 'cleaning' | 'pushing') {
  return { status, progress_percent: 0, current_step: steps[status], last_error: null } as const;
}

/** The row is locked, so its state is what it was. */
async function moveJob(tx: Tx, job: JobRow, change: Parameters<typeof updateJob>[3]): Promise<JobRow> {
  return (await updateJob(tx, job.id, [job.status], change))!;
}

async function getJob(tx: Tx, id: string): Promise<JobRow> {
  return (await findJob(tx, id)) ?? fail();
}

function fail(): never {
  throw notFoundError('job');
}

function assertState({ status }: JobRow, allowed: readonly JobStatus[], what: string): void {
  if (allowed.includes(status)) return;
  throw new ApiError('ILLEGAL_STATE', `${what} while it is ${allowed.join(' or ')}. This one is ${status}.`);
}

function assertOneSource({ source_url: url, source_id: id }: BodyOf<Ops['createJob']>): void {
  if ((url === undefined) === (id === undefined)) throw invalid('/source_url', 'or source_id must be given, and not both');
}

function assertOneSelection({ secret_ids: ids, filter, mark_false_positives: falsePositives = [] }: Selection): void {
  if ((ids === undefined) === (filter === undefined)) throw invalid('/secret_ids', 'or filter must be given, and not both');
  const isSelected = new Set(ids);
  if (falsePositives.some((id) => isSelected.has(id))) {
    throw invalid('/mark_false_positives', 'names a secret that is selected, too');
  }
}

/** What is named but is no secret of the job, is a mistake. */
async function assertKnown(tx: Tx, jobId: string, { secret_ids: ids = [], filter, mark_false_positives: others = [] }: Selection) {
  const named = new Set([...ids, ...others, ...(filter?.except_ids ?? [])]);
  if ((await countKnownSecrets(tx, jobId, [...named])) === named.size) return;
  throw invalid('/secret_ids', 'names a secret that this job has not');
}

function assertUsableBranch({ source_branch: branch, source_id: id }: BodyOf<Ops['createJob']>): void {
  if (branch === undefined) return;
  if (id !== undefined) throw invalid('/source_branch', 'is for source_url; an upload is scanned as a whole');
  try {
    assertBranchName(encodeName(branch));
  } catch {
    throw invalid('/source_branch', 'is no name that git allows for a branch');
  }
}

function assertUsableUrl(url: string, path: string, credentialsId: string | undefined): void {
  let parsed: ReturnType<typeof parseCloneUrl>;
  try {
    parsed = parseCloneUrl(url);
  } catch {
    throw invalid(path, 'is no address of a repository');
  }
  if (parsed.username !== undefined || parsed.password !== undefined) {
    throw invalid(path, 'holds credentials; name some of the auth service instead');
  }
  if (parsed.protocol === 'ssh' && credentialsId === undefined) {
    throw invalid(path, 'is one of ssh, which needs credentials: a private key and known hosts. Name some, or use https://');
  }
}

function invalid(path: string, message: string): ApiError {
  return new ApiError('INVALID', `The body is not valid: ${path} ${message}.`, { errors: [{ in: 'body', path, message }] });
}
