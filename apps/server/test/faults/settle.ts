import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { World } from './check-effects.ts';
import { startFleet } from './fleet.ts';
import type { Fleet } from './fleet.ts';
import { createPatientClient } from './patient-client.ts';
import type { PatientClient } from './patient-client.ts';
import { redriveEnded, walkJob } from './walk-job.ts';

export interface SettleOptions {
  readonly fleet: Fleet;
  readonly environment: Readonly<Record<string, string>>;
  readonly onNews: (line: string) => void;
}

const laterSeconds = 2 * 3600;
const patienceMilliseconds = 180_000;

/** Lets the service come to rest after all jobs ended: what was queued for them is done, and what nobody needs any more is cleaned away. */
export async function settle(
  world: World,
  { fleet, environment, onNews }: SettleOptions,
): Promise<{ readonly violations: readonly string[]; readonly counts: Readonly<Record<string, number>> }> {
  const counts = { 'tasks tried again by hand': 0, 'webhooks replayed by hand': 0 };
  const startedAt = performance.now();
  for (let open = await listOpen(world); open.length > 0; open = await listOpen(world)) {
    if (performance.now() - startedAt > patienceMilliseconds)
      throw new Error(`Not done: ${open.join(', ')}\n${fleet.complaints.slice(-30).join('\n')}`);
    // A receiver that hung up and was then too slow would be asked again in five minutes: that is waited for elsewhere.
    await world.database.query(`update tasks set run_at = now() where state = 'queued' and kind = 'webhook.deliver' and run_at > now()`);
    for (const client of world.clients.values()) {
      counts['tasks tried again by hand'] += await redriveEnded(client, ['job.delete-files']);
      counts['webhooks replayed by hand'] += await replayFailed(client);
    }
    await delay(300);
  }
  const late = await fleet.stop();
  onNews('everything is done; now the cleaning');
  const faults = await cleanUp(world, environment);
  return { violations: [...late, ...faults], counts };
}

/** What is not done, in words. */
export async function listOpen({ database }: Pick<World, 'database'>): Promise<string[]> {
  const rows = await database.query<{ what: string }>(
    `select 'task ' || kind || ' ' || state || ', attempt ' || attempt || ', due in ' || extract(epoch from run_at - now())::integer || ' s'
         || coalesce(', announced ' || extract(epoch from now() - rung_at)::integer || ' s ago', '')
         || coalesce(', held for ' || extract(epoch from lease_until - now())::integer || ' s', '') || coalesce(', ' || (last_error->>'code'), '') as what
       from tasks where state in ('queued', 'running') or (state in ('dead', 'failed') and kind = 'job.delete-files')
     union all select 'outbox ' || kind from outbox
     union all select 'webhook ' || state || coalesce(' ' || last_error, '') from webhook_deliveries where state <> 'delivered'`,
  );
  return rows.map(({ what }) => what);
}

/** Deliveries whose task the service has given up. */
async function replayFailed(client: PatientClient): Promise<number> {
  let replayed = 0;
  const webhooks = await client.get('/api/v2/webhooks');
  for (const { id } of webhooks.body['items'] as { id: string }[]) {
    const failed = await client.get(`/api/v2/webhooks/${id}/deliveries?state=failed&limit=100`);
    for (const delivery of failed.body['items'] as { id: string }[]) {
      await client.post(`/api/v2/webhooks/${id}/deliveries/${delivery.id}/replay`);
      replayed++;
    }
  }
  return replayed;
}

/** Two hours later: one more job on the same worker directory, and a scheduler whose clock says so, and which is to clean the storage. */
async function cleanUp(
  { database, git, records, temporaryDirectory }: World,
  environment: SettleOptions['environment'],
): Promise<string[]> {
  for (const name of readdirSync(temporaryDirectory)) {
    const before = Date.now() / 1000 - laterSeconds;
    utimesSync(join(temporaryDirectory, name), before, before);
  }
  const [now] = await database.query<{ now: Date }>('select now() as now');
  await database.query(`update duties set next_run_at = now() where id = 'clean-storage'`);
  const fleet = startFleet([{ part: 'api' }, { part: 'worker' }, { part: 'scheduler', skewSeconds: laterSeconds }], environment);
  const violations: string[] = [];
  const headers = { 'x-user-id': 'alice', 'x-gateway-proof': environment['DEPLOYGUARD_AUTH_GATEWAY_PROOFS']! };
  const client = createPatientClient({ urls: fleet.urls, headers, onTrouble: () => {}, onFault: (what) => violations.push(what) });
  records.push(await walkJob({ number: records.length, user: 'alice', client, git, deleteAfterMilliseconds: undefined }));
  const isCleaned = async (): Promise<boolean> => {
    const done = await database.query(`select 1 from duties where id = 'clean-storage' and last_succeeded_at > $1`, [now!.now]);
    const open = await database.query(`select 1 from tasks where state in ('queued', 'running')`);
    return done.length === 1 && open.length === 0;
  };
  while (!(await isCleaned())) await delay(200);
  await fleet.stop();
  return violations;
}
