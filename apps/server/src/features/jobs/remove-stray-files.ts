import type { Platform } from '../../feature.ts';
import { appendAudit, systemActor } from '../../platform/audit/index.ts';
import { listFileKeys } from './queries.ts';
import { jobFileKinds, parseRun } from './storage-keys.ts';

/**
 * Deletes files that no job refers to and no attempt is at: left by workers that were killed, or that wrote after they had lost their task.
 * No clock is asked. A file that was listed belongs to an attempt that still runs, or to one that ended, and then its job refers to it by now.
 */
export async function removeStrayFiles({ storage, database }: Pick<Platform, 'storage' | 'database'>, signal: AbortSignal): Promise<void> {
  const candidates: string[] = [];
  for (const kind of jobFileKinds) for await (const { key } of storage.list(kind)) candidates.push(key);
  const attempts = await database.asSystem((tx) =>
    tx.selectFrom('tasks').select(['id', 'attempt']).where('state', '=', 'running').execute(),
  );
  const running = new Set(attempts.map(({ id, attempt }) => `${id}.${attempt}`));
  const tenants = await database.asSystem((tx) => tx.selectFrom('tenants').select('tenant_id').execute());
  const known = new Set<string>();
  for (const { tenant_id: tenantId } of tenants) {
    for (const key of await database.asTenant(tenantId, listFileKeys)) known.add(key);
  }
  for (const key of candidates) {
    if (signal.aborted) return;
    // A job refers to all files of a cleaned repository by where they stand.
    const isKnown = known.has(key) || known.has(key.slice(0, key.lastIndexOf('/')));
    if (isKnown || running.has(parseRun(key)?.run ?? '')) continue;
    await storage.remove(key);
    await noteRemoval(database, key);
  }
}

/** In the log of the tenant whose file it was; its task tells, as long as it is remembered. */
async function noteRemoval(database: Platform['database'], key: string): Promise<void> {
  const { taskId } = parseRun(key) ?? {};
  if (taskId === undefined) return;
  const task = await database.asSystem((tx) =>
    tx.selectFrom('tasks').select(['tenant_id', 'subject']).where('id', '=', taskId).executeTakeFirst(),
  );
  if (task === undefined) return;
  await database.asTenant(task.tenant_id, (tx) =>
    appendAudit(tx, { ...systemActor, action: 'stray_file_deleted', jobId: task.subject, details: { key } }),
  );
}
