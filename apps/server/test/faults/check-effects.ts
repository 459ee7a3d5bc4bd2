import { readdirSync } from 'node:fs';
import { verifyAudit } from '../../src/platform/audit/index.ts';
import type { Storage } from '../../src/platform/storage/index.ts';
import type { TestDatabase } from '../open-test-database.ts';
import type { GitHost } from './git-host.ts';
import type { PatientClient } from './patient-client.ts';
import type { JobRecord } from './walk-job.ts';
import type { WebhookReceiver } from './webhook-receiver.ts';

/** Everybody who can tell what was done. */
export interface World {
  readonly database: TestDatabase;
  readonly git: GitHost;
  readonly receiver: WebhookReceiver;
  readonly storage: Storage;
  readonly records: JobRecord[];
  readonly clients: ReadonlyMap<string, PatientClient>;
  readonly temporaryDirectory: string;
}

type Finding = string;

/** Three attempts that were killed: told to the client, who asks again. What is away is waited for. */
const explainedReturns = / WORKER_LOST$/;

/** Holds what the outside parties saw against what was promised. */
export async function checkEffects(
  world: World,
): Promise<{ readonly violations: Finding[]; readonly counts: Readonly<Record<string, number>> }> {
  const counts: Record<string, number> = {};
  const violations = [
    ...world.records.flatMap((record) => record.violations),
    ...(await checkJobs(world, counts)),
    ...checkPushes(world, counts),
    ...(await checkWebhooks(world, counts)),
    ...(await checkEvents(world, counts)),
    ...(await checkAudit(world, counts)),
    ...(await checkLeftOvers(world, counts)),
  ];
  return { violations, counts };
}

/** Each accepted job is there once and at its end, and there is no other. */
async function checkJobs({ database, records }: World, counts: Record<string, number>): Promise<Finding[]> {
  const rows = await database.query<{ id: string; status: string }>('select id, status from jobs');
  const statusById = new Map(rows.map(({ id, status }) => [id, status]));
  counts['jobs accepted'] = records.length;
  for (const { finalStatus, returns } of records) {
    counts[`jobs ${finalStatus}`] = (counts[`jobs ${finalStatus}`] ?? 0) + 1;
    for (const reason of returns) counts[`steps asked for again: ${reason}`] = (counts[`steps asked for again: ${reason}`] ?? 0) + 1;
  }
  const retried = await database.query<{ count: number }>('select count(*)::integer as count from tasks where attempt > 1');
  counts['tasks that needed more than one attempt'] = retried[0]!.count;
  const unexpected = records.flatMap(({ number, returns }) =>
    returns.filter((reason) => !explainedReturns.test(reason)).map((reason) => `job ${number} came back: ${reason}`),
  );
  return [
    ...unexpected,
    ...records
      .filter(({ id, finalStatus }) => statusById.get(id) !== finalStatus)
      .map(({ number, id, finalStatus }) => `job ${number} should be ${finalStatus} and is ${statusById.get(id)}`),
    ...(rows.length === records.length ? [] : [`${rows.length} jobs are there for ${records.length} that were accepted`]),
    ...(new Set(records.map(({ id }) => id)).size === records.length ? [] : ['two requests got the same job']),
  ];
}

/** Each ref was updated once, by the job that was for it, and nothing of the secrets is there. */
function checkPushes({ git, records }: World, counts: Record<string, number>): Finding[] {
  const histories = git.listRefHistories();
  const byTarget = Map.groupBy(histories, ({ target }) => target);
  const wanted = records.filter(({ repositories: { hasSecrets }, finalStatus }) => hasSecrets && finalStatus === 'completed');
  counts['jobs pushed'] = wanted.length;
  counts['updates of refs that were accepted'] = histories.reduce((sum, { updates }) => sum + updates, 0);
  const twice = histories.filter(({ updates }) => updates > 1);
  counts['updates of refs that were accepted twice'] = twice.length;
  const missing = wanted.flatMap(({ number, repositories: { targetUrl, isForced } }) => {
    const { refs, holdsSecret } = git.inspectTarget(targetUrl);
    const updated = byTarget.get(targetUrl)?.length ?? 0;
    if (holdsSecret) return [`job ${number}: the target holds a secret`];
    return updated === 0 || (!isForced && updated !== refs.length) ? [`job ${number}: ${updated} of ${refs.length} refs were pushed`] : [];
  });
  const unwanted = records
    .filter(({ repositories: { hasSecrets, targetUrl } }) => !hasSecrets && byTarget.has(targetUrl))
    .map(({ number }) => `job ${number} was pushed and had nothing to hide`);
  return [...twice.map(({ target, ref, updates }) => `${target} ${ref} was updated ${updates} times`), ...missing, ...unwanted];
}

/**
 * Each change of state is one event of one id. The same id again is right where the receiver's answer got lost: it hung up, or the worker was
 * killed before it could write down that it was answered, so that the task has more than one attempt.
 */
async function checkWebhooks({ database, receiver, records }: World, counts: Record<string, number>): Promise<Finding[]> {
  const deliveries = await database.query<{ id: string; attempts: number }>(`
    select delivery.event_id as id, sum(task.attempt)::integer as attempts
    from webhook_deliveries delivery join tasks task on task.kind = 'webhook.deliver' and task.input->>'deliveryId' = delivery.id::text
    group by delivery.event_id`);
  const attemptsById = new Map(deliveries.map(({ id, attempts }) => [id, attempts]));
  const events = [...receiver.events.values()];
  const repeated = events.filter(({ times }) => times > 1);
  counts['webhook events received'] = events.length;
  counts['webhook events received again under their id'] = repeated.length;
  counts['answers to webhooks that the receiver lost on purpose'] = events.reduce((sum, { lostAnswers }) => sum + lostAnswers, 0);
  const received = Map.groupBy(events, ({ jobId, type }) => `${jobId} ${type}`);
  const announced = ['awaiting_selection', 'cancelled', 'cleaned', 'completed', 'expired', 'failed'];
  const findings = records.flatMap(({ number, id, states }) =>
    announced.flatMap((state) => {
      const expected = states.filter((each) => each === state).length;
      const found = received.get(`${id} job.${state}`)?.length ?? 0;
      return expected === found ? [] : [`job ${number} was ${state} ${expected} times, and ${found} webhook events said so`];
    }),
  );
  return [
    ...findings,
    ...events.filter(({ id }) => !attemptsById.has(id)).map(({ id }) => `webhook ${id} is unknown to the service`),
    ...deliveries.filter(({ id }) => !receiver.events.has(id)).map(({ id }) => `webhook ${id} was never received`),
    ...repeated
      .filter(({ id, times }) => times > (attemptsById.get(id) ?? 0))
      .map(({ id, times }) => `webhook ${id} came ${times} times in ${attemptsById.get(id)} attempts`),
  ];
}

/** 1, 2, 3 … for each subject. */
async function checkEvents({ database }: World, counts: Record<string, number>): Promise<Finding[]> {
  const rows = await database.query<{ subject: string; count: number; last: number; head: number }>(`
    select head.subject, count(*)::integer as count, max(sequence)::integer as last, head.last_sequence::integer as head
    from event_heads head join events using (tenant_id, subject) group by head.tenant_id, head.subject, head.last_sequence`);
  counts['events'] = rows.reduce((sum, { count }) => sum + count, 0);
  return rows
    .filter(({ count, last, head }) => count !== last || last !== head)
    .map(({ subject, count, last, head }) => `events of ${subject}: ${count}, numbered up to ${last}, the head says ${head}`);
}

async function checkAudit({ database, records }: World, counts: Record<string, number>): Promise<Finding[]> {
  const tenants = await database.query<{ id: string; user: string }>(
    `select tenant_id as id, user_id as user from tenants where user_id <> 'alice' or tenant_id <> $1`,
    [database.tenantId],
  );
  const findings: Finding[] = [];
  counts['audit entries'] = 0;
  for (const { id, user } of tenants) {
    const { entries, fault } = await verifyAudit(database, id);
    counts['audit entries'] += entries;
    if (fault !== undefined) findings.push(`audit entry ${fault.seq} of ${user} ${fault.reason}`);
  }
  const rows = await database.query<{ action: string; job_id: string; count: number }>(
    `select action, job_id, count(*)::integer as count from audit_logs where job_id is not null group by action, job_id`,
  );
  const countOf = new Map(rows.map(({ action, job_id: jobId, count }) => [`${action} ${jobId}`, count]));
  for (const { number, id, repositories, finalStatus } of records) {
    const isPushed = repositories.hasSecrets && finalStatus === 'completed';
    for (const [action, expected] of Object.entries({ job_created: 1, ...(isPushed && { push_finished: 1 }) })) {
      const found = countOf.get(`${action} ${id}`) ?? 0;
      if (found !== expected) findings.push(`job ${number} has ${found} audit entries ${action}`);
    }
  }
  return findings;
}

/** In the storage stands what the jobs refer to and nothing else, and no worker has left a directory behind. */
async function checkLeftOvers({ database, storage, temporaryDirectory }: World, counts: Record<string, number>): Promise<Finding[]> {
  const rows = await database.query<{ key: string }>(
    `select unnest(array[source_key, report_key, proof_key, cleaned_key]) as key from jobs where status not in ('cancelled', 'expired')`,
  );
  const known = rows.map(({ key }) => key).filter((key) => key !== null);
  const stray: string[] = [];
  counts['stored files'] = 0;
  for await (const { key } of storage.list('')) {
    counts['stored files']++;
    if (!known.some((each) => key === each || key.startsWith(`${each}/`))) stray.push(key);
  }
  return [
    ...stray.map((key) => `${key} is stored and belongs to nothing`),
    ...readdirSync(temporaryDirectory).map((name) => `${name} was left in the directory of the workers`),
  ];
}
