import { extname } from 'node:path';
import type { Platform } from '../../feature.ts';
import { appendAudit } from '../../platform/audit/index.ts';
import { sealStorage } from '../../platform/storage/index.ts';
import type { TaskContext } from '../../platform/tasks/index.ts';
import { releaseSource } from '../sources/index.ts';
import { announceState } from './announce-state.ts';
import { beginWork } from './begin-work.ts';
import { deleteJobFiles } from './cancel-job.ts';
import { chooseRequester } from './choose-requester.ts';
import { saveValues } from './clean-job.ts';
import { jobChangedError, JobError } from './job-error.ts';
import type { PushInput, PushRequest } from './kinds.ts';
import { nameRepository } from './name-repository.ts';
import type { PushOrder, PushOutcome } from './push-child.ts';
import { updateJob } from './queries.ts';
import type { JobRow } from './queries.ts';
import { openRemote } from './open-remote.ts';
import { runJobChild } from './run-job-child.ts';
import { listSelectedHashes } from './secret-queries.ts';
import { steps } from './states.ts';
import { cleanedKeys } from './storage-keys.ts';
import { version } from './version.ts';
import { createWorkDirectory } from './work-directory.ts';

const child = new URL(`./push-child${extname(import.meta.filename)}`, import.meta.url);

/**
 * Pushes the cleaned repository, reads back what the target hands out, and then deletes what was stored. Each update names what the target
 * must still have, so a repeat after a crash changes nothing that was done.
 */
export async function pushJob(platform: Platform, input: PushInput, context: TaskContext): Promise<void> {
  const { jobId } = input;
  const { storage, keyring } = platform;
  const { job, push, hashes } = await context.fenced(async (tx) => {
    const shown = input.push === undefined ? {} : toShown(input.push);
    const found = await beginWork(tx, input, { status: 'pushing', before: ['cleaned'], context, shown });
    const asked = input.push ?? readRequest(found);
    if (found.report_key === null || asked === undefined) throw jobChangedError();
    if (found.cleaned_key !== asked.cleanedKey) throw jobChangedError('What was to be pushed is not there any more. Ask for another push.');
    return { job: found, push: asked, hashes: await listSelectedHashes(tx, jobId) };
  });
  const { targetUrl, targetCredentialsId, isForced } = push;
  const remote = await openRemote(platform, { url: targetUrl, credentialsId: targetCredentialsId, userId: job.user_id });
  const requester = chooseRequester(context, job);
  await using work = await createWorkDirectory(platform);
  const sealed = sealStorage(storage, keyring);
  const keys = cleanedKeys(push.cleanedKey);
  await work.save('repository.bundle', (await storage.get(keys.bundle)).body, context.signal);
  await work.save('push-plan.json', await sealed.get(keys.pushPlan), context.signal);
  await saveValues(work, await sealed.get(job.report_key!), hashes);

  const order: PushOrder = {
    workDirectory: work.path,
    remote,
    isForced,
    name: nameRepository({ ...job, source_url: targetUrl }),
    version,
  };
  const { refs, problem } = (await runJobChild(platform, child, order, context)) as PushOutcome;
  if (problem !== undefined) throw new JobError(problem.code, problem.message);

  await context.finish(async (tx) => {
    const changed = await updateJob(tx, jobId, ['pushing'], {
      status: 'completed',
      progress_percent: 100,
      current_step: steps.completed,
      last_error: null,
      completed_at: new Date(),
      source_key: null,
      report_key: null,
      cleaned_key: null,
    });
    if (changed === undefined) throw jobChangedError();
    await deleteJobFiles(tx, { jobId, keepsProof: true }, requester);
    if (job.source_id !== null) await releaseSource(tx, { sourceId: job.source_id, jobId }, requester);
    await announceState(tx, { jobId, status: 'completed', requester }, { refs });
    const details = { target_url: targetUrl, refs };
    await appendAudit(tx, { ...requester, action: 'push_finished', jobId, details });
  });
}

/** The job shows where it is pushed to now. */
function toShown({ targetPlatform, targetUrl, targetCredentialsId, isForced }: PushRequest): Parameters<typeof updateJob>[3] {
  return { target_platform: targetPlatform, target_url: targetUrl, target_credentials_id: targetCredentialsId, force_push: isForced };
}

/** The job's last one, for a task that an older version made. */
function readRequest(job: JobRow): PushRequest | undefined {
  const { cleaned_key: cleanedKey, target_platform: targetPlatform, target_url: targetUrl } = job;
  if (cleanedKey === null || targetPlatform === null || targetUrl === null) return undefined;
  return { cleanedKey, targetPlatform, targetUrl, targetCredentialsId: job.target_credentials_id, isForced: job.force_push };
}
