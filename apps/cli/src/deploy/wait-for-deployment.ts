import { setTimeout as delay } from 'node:timers/promises';
import { type Deployment, operations } from '@deployguard/contracts';
import { neutralizeText } from '@deployguard/reports';
import { followJobEvents, type JobEvent } from '../client/follow-job-events.ts';
import type { ServerClient } from '../client/server-client.ts';
import { ServerError } from '../client/server-error.ts';
import type { CliContext } from '../context.ts';
import { createProgress } from '../terminal/progress.ts';
import { isMoving } from './render-application.ts';
import type { ShownLines } from './shown-lines.ts';

export interface WaitOptions {
  readonly isQuiet: boolean;
  /** Shows only what happened after this (RFC 3339). Default: everything since the deployment was made. */
  readonly since?: string;
  /** Is told what was shown. */
  readonly shown?: ShownLines;
  /** After so long without an event it is asked whether there will be one. Default 60. */
  readonly silenceSeconds?: number;
}

/** Shows how a deployment goes on until there is nothing under way with it. One that went with its application is `DESTROYED`. */
export async function waitForDeployment(
  client: ServerClient,
  waitedFor: Deployment,
  context: CliContext,
  { isQuiet, since = '', shown, silenceSeconds = 60 }: WaitOptions,
): Promise<Deployment> {
  const { stderr, signal } = context;
  const progress = createProgress(stderr, { isQuiet });
  const { id } = waitedFor;
  context.goesOn = describeGoingOn(waitedFor);
  const say = async (line: string): Promise<void> => {
    if (isQuiet) return;
    progress.clear();
    await stderr.write(`${neutralizeText(line)}\n`);
  };
  const show = async ({ createdAt, kind, data }: JobEvent): Promise<void> => {
    if (createdAt <= since) return;
    const { line, percent, step, status } = data;
    if (kind === 'log') {
      await say(`  ${String(line)}`);
      if (!isQuiet) shown?.add(String(line));
    }
    if (kind === 'progress') progress.update({ label: neutralizeText(String(step)), done: Number(percent), total: 100 });
    if (kind === 'state') await say(`${stderr.symbols.arrow} ${String(status).toLowerCase().replaceAll('_', ' ')}`);
  };
  const left = new AbortController();
  const events = followJobEvents(client, id, {
    operation: operations.followDeployment,
    signal: AbortSignal.any([signal, left.signal]),
    onDrop: () => void say('The connection was lost; connecting again.'),
  });
  try {
    for await (const event of withSilences(events, silenceSeconds)) {
      if (event !== 'silence') {
        await show(event);
        // Events tell what was, also long ago; whether it still is so, only the deployment tells.
        if (event.kind !== 'state' || isMoving({ status: event.data['status'] as Deployment['status'] })) continue;
      }
      const deployment = await client.call(operations.getDeployment, { params: { id } });
      if (isMoving(deployment)) continue;
      delete context.goesOn;
      return deployment;
    }
    throw new Error('Events do not end by themselves.');
  } catch (error) {
    if (!(error instanceof ServerError) || error.code !== 'NOT_FOUND') throw error;
    delete context.goesOn;
    return { ...waitedFor, status: 'DESTROYED', last_error: null };
  } finally {
    left.abort();
    progress.stop();
  }
}

/** The events, and each time that there is none for so long: what goes with its application goes without a last one. */
async function* withSilences(events: AsyncGenerator<JobEvent>, seconds: number): AsyncGenerator<JobEvent | 'silence'> {
  let next = events.next();
  for (;;) {
    const heard = new AbortController();
    const silence = delay(seconds * 1000, 'silence' as const, { signal: heard.signal }).catch(() => 'silence' as const);
    const found = await Promise.race([next, silence]).finally(() => heard.abort());
    if (found === 'silence') {
      // Whoever leaves now waits for it no more.
      next.catch(() => {});
      yield found;
      continue;
    }
    if (found.done) return;
    yield found.value;
    next = events.next();
  }
}

/** For whoever stops waiting for a deployment. */
export function describeGoingOn({ application, number, status }: Deployment): string {
  const lines = [
    'The deployment goes on.',
    `  deployguard apps logs ${application} --deployment ${number} --follow   follows it`,
    `  deployguard apps cancel ${application} --deployment ${number}          cancels it`,
  ];
  return lines.slice(0, status === 'ROLLING_BACK' ? 2 : 3).join('\n');
}
