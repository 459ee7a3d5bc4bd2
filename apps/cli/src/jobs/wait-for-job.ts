import { setTimeout as delay } from 'node:timers/promises';
import { type Job, operations } from '@deployguard/contracts';
import { neutralizeText } from '@deployguard/reports';
import { followJobEvents, type JobEvent } from '../client/follow-job-events.ts';
import type { ServerClient } from '../client/server-client.ts';
import type { CliContext } from '../context.ts';
import { createProgress } from '../terminal/progress.ts';
import { isAtWork } from './render-job.ts';

export interface WaitOptions {
  readonly isQuiet: boolean;
  /** Shows only what happened after this (RFC 3339). Default: everything since the job was made. */
  readonly since?: string;
  /** Takes what happens instead of a person. */
  readonly onEvent?: (event: JobEvent) => Promise<void>;
}

/** Shows how a job goes on until it rests: there is nothing under way, and somebody may have to decide. */
export async function waitForJob(
  client: ServerClient,
  id: string,
  context: CliContext,
  { isQuiet, since = '', onEvent }: WaitOptions,
): Promise<Job> {
  const { stderr, signal } = context;
  const progress = createProgress(stderr, { isQuiet: isQuiet || onEvent !== undefined });
  const say = async (line: string): Promise<void> => {
    if (isQuiet || onEvent !== undefined) return;
    progress.clear();
    await stderr.write(`${neutralizeText(line)}\n`);
  };
  const getJob = async (): Promise<Job> => (await client.call(operations.getJob, { params: { id } })).job;
  const show = async (event: JobEvent): Promise<void> => {
    if (event.createdAt <= since) return;
    await onEvent?.(event);
    const { line, percent, step, status } = event.data;
    if (event.kind === 'log') await say(String(line));
    if (event.kind === 'progress') progress.update({ label: neutralizeText(String(step)), done: Number(percent), total: 100 });
    if (event.kind === 'state') await say(`The job is ${String(status).replaceAll('_', ' ')}.`);
  };

  const left = new AbortController();
  const events = followJobEvents(client, id, {
    signal: AbortSignal.any([signal, left.signal]),
    onDrop: () => void say('The connection was lost; connecting again.'),
  });
  try {
    const found = await getJob();
    if (!isAtWork(found)) {
      await showPast(events, show);
      return found;
    }
    for await (const event of events) {
      await show(event);
      // Events tell what was, also long ago; whether it still is so, only the job tells.
      if (event.kind !== 'state' || isAtWork({ status: event.data['status'] as Job['status'] })) continue;
      const job = await getJob();
      if (!isAtWork(job)) return job;
    }
    throw new Error('Events do not end by themselves.');
  } finally {
    left.abort();
    progress.stop();
  }
}

/** Nothing says that an event was the last one so far; that no further one comes for a moment does. */
async function showPast(events: AsyncGenerator<JobEvent>, show: (event: JobEvent) => Promise<void>): Promise<void> {
  for (;;) {
    const quiet = new AbortController();
    const silence = delay(pastSilenceMilliseconds, undefined, { signal: quiet.signal }).catch(() => undefined);
    const next = events.next();
    next.catch(() => {});
    const found = await Promise.race([next, silence]);
    quiet.abort();
    if (found === undefined || found.done) return;
    await show(found.value);
  }
}

const pastSilenceMilliseconds = 1500;
