import { setTimeout as delay } from 'node:timers/promises';
import type { JobDetails } from '@deployguard/contracts';
import type { GitHost, JobRepositories } from './git-host.ts';
import type { Answer, PatientClient } from './patient-client.ts';

/** What a client knows of its job. */
export interface JobRecord {
  readonly number: number;
  readonly id: string;
  readonly user: string;
  readonly repositories: JobRepositories;
  /** Whether the client deleted it on the way. */
  readonly isDeleted: boolean;
  finalStatus: string;
  /** The state of each event, in order, as the stream told it. */
  readonly states: string[];
  /** Why steps came to nothing, by the code of the error; they were asked for again. */
  readonly returns: string[];
  /** What must not happen. */
  readonly violations: string[];
}

export interface WalkOptions {
  readonly number: number;
  readonly user: string;
  readonly client: PatientClient;
  readonly git: GitHost;
  /** After how long the client deletes the job; undefined: never. */
  readonly deleteAfterMilliseconds: number | undefined;
}

const pollMilliseconds = 300;
const endStates = ['completed', 'cancelled', 'expired'];

/** Takes one repository through the service, as a client does that wants it pushed and gives up never. */
export async function walkJob({ number, user, client, git, deleteAfterMilliseconds }: WalkOptions): Promise<JobRecord> {
  const repositories = git.createRepositories(number);
  const created = await client.post(
    '/api/v2/jobs',
    { source_platform: 'generic', source_url: repositories.sourceUrl, source_credentials_id: git.credentialsId },
    `job-${number}`,
  );
  const id = String(created.body['id']);
  const isDeleted = deleteAfterMilliseconds !== undefined;
  const record: JobRecord = { number, id, user, repositories, isDeleted, finalStatus: '', states: [], returns: [], violations: [] };
  expectStatus(record, 'create', created, 202);
  const following = new AbortController();
  const followed = followStates(record, client, following.signal);
  const deleted = isDeleted ? delay(deleteAfterMilliseconds).then(() => client.remove(`/api/v2/jobs/${id}`)) : undefined;

  await walk(record, client, git);
  if (deleted !== undefined) {
    expectStatus(record, 'delete', await deleted, 202);
    record.finalStatus = (await getJob(record, client)).job.status;
  }
  await followedTo(record);
  following.abort();
  await followed;
  return record;
}

async function walk(record: JobRecord, client: PatientClient, git: GitHost): Promise<void> {
  const path = `/api/v2/jobs/${record.id}`;
  for (let round = 1; ;) {
    const { job, secrets } = await getJob(record, client);
    const key = `job-${record.number}-${job.status}-${round}`;
    if (endStates.includes(job.status)) {
      record.finalStatus = job.status;
      return;
    }
    if (job.status === 'awaiting_selection') {
      round++;
      noteReturn(record, job);
      const selected = await client.post(`${path}/secrets/select`, { secret_ids: secrets.map(({ id }) => id) });
      expectStatus(record, 'select', selected, 200);
      expectStatus(record, 'clean', await client.post(`${path}/clean`, undefined, key), 202);
    } else if (job.status === 'cleaned') {
      round++;
      noteReturn(record, job);
      for (const what of ['proof', 'report']) expectStatus(record, what, await client.get(`${path}/${what}`), 200);
      const { targetUrl, isForced } = record.repositories;
      const body = { target_platform: 'generic', target_url: targetUrl, target_credentials_id: git.credentialsId, force_push: isForced };
      expectStatus(record, 'push', await client.post(`${path}/push`, body, key), 202);
    } else if (job.status === 'failed') {
      noteReturn(record, job);
      await redriveEnded(client, ['job.scan']);
    }
    await delay(pollMilliseconds);
  }
}

/** Has work tried again that the service has given up, as an operator would. */
export async function redriveEnded(client: PatientClient, kinds: readonly string[]): Promise<number> {
  let redriven = 0;
  for (const state of ['dead', 'failed']) {
    const { body } = await client.get(`/api/v2/tasks?state=${state}&limit=100`);
    for (const { id, kind } of body['items'] as { id: string; kind: string }[]) {
      // Another may be faster: 409 then.
      if (kinds.includes(kind) && (await client.post(`/api/v2/tasks/${id}/redrive`)).status < 300) redriven++;
    }
  }
  return redriven;
}

async function getJob(record: JobRecord, client: PatientClient): Promise<JobDetails> {
  const answer = await client.get(`/api/v2/jobs/${record.id}`);
  if (answer.status !== 200) throw new Error(`Job ${record.number} (${record.id}) is lost: status ${answer.status}.`);
  return answer.body as unknown as JobDetails;
}

function noteReturn(record: JobRecord, { status, last_error: error }: JobDetails['job']): void {
  if (error !== null) record.returns.push(`${status} ${error.code}`);
}

function expectStatus(record: JobRecord, what: string, { status, body }: Answer, expected: number): void {
  // A job that is deleted meanwhile refuses the rest.
  if (status === expected || (record.isDeleted && [404, 409, 422].includes(status))) return;
  record.violations.push(`job ${record.number}: ${what} was answered ${status} ${String(body['code'])}`);
}

/** The stream breaks with its process; each time it goes on where it was. */
async function followStates(record: JobRecord, client: PatientClient, signal: AbortSignal): Promise<void> {
  let last = 0;
  while (!signal.aborted) {
    for await (const { sequence, kind, data } of client.follow(`/api/v2/jobs/${record.id}/events`, last, signal)) {
      if (sequence !== last + 1) record.violations.push(`job ${record.number}: event ${sequence} came after ${last}`);
      last = sequence;
      if (kind === 'state') record.states.push((data['data'] as { status: string }).status);
    }
    if (!signal.aborted) await delay(pollMilliseconds);
  }
}

async function followedTo({ states, finalStatus }: JobRecord): Promise<void> {
  while (states.at(-1) !== finalStatus) await delay(50);
}
