import { setTimeout as delay } from 'node:timers/promises';
import type { ImportMessage } from '@deployguard/contracts';
import type { Platform } from '../../feature.ts';
import type { Caller, StreamDialect, StreamedEvent } from '../../platform/http/index.ts';
import type { ImportRow } from './queries.ts';
import type { ImportService } from './service.ts';
import { isEnded } from './states.ts';

interface Following {
  readonly caller: Caller;
  readonly params: { readonly job_id: string };
  readonly afterSequence: number;
  readonly signal: AbortSignal;
}

/** What happens to an upload, from the beginning or a sequence on; after its end the stream stays open for a moment, as in the original service. */
export async function followImport(platform: Platform, imports: ImportService, call: Following): Promise<AsyncIterable<StreamedEvent>> {
  const { caller, params, afterSequence, signal } = call;
  const row = await imports.find(caller, params.job_id);
  const subject = { tenantId: caller.actor.tenantId, subject: row.id };
  return greetAndFollow(row, platform.events.follow(subject, { afterSequence, signal }));

  async function* greetAndFollow({ status, progress }: ImportRow, events: AsyncIterable<StreamedEvent>): AsyncGenerator<StreamedEvent> {
    const message = `Connected to ${params.job_id}`;
    yield { sequence: afterSequence, kind: 'connected', data: { message, status, progress }, createdAt: new Date() };
    for await (const event of events) {
      yield event;
      if (!isEnd(event)) continue;
      await delay(platform.config.imports.streamCloseSeconds * 1000, undefined, { signal }).catch(() => {});
      return;
    }
  }
}

function isEnd({ kind, data }: StreamedEvent): boolean {
  return kind === 'state' && isEnded((data as { status: string }).status);
}

/** The messages of the original service, in an envelope each. */
export function speakPhoenix(
  imports: ImportService,
  { caller, params: { job_id: jobId } }: Pick<Following, 'caller' | 'params'>,
): StreamDialect {
  const print = (message: Omit<ImportMessage, 'job_id'>): string => JSON.stringify({ ...message, job_id: jobId } satisfies ImportMessage);
  const now = (): string => new Date().toISOString();
  return {
    format(event) {
      const { sequence, createdAt } = event;
      const isKept = event.kind !== 'connected';
      return print({ ...translate(event), timestamp: createdAt.toISOString(), ...(isKept && { sequence }) });
    },
    heartbeat: () => print({ type: 'heartbeat', timestamp: now(), data: {} }),
    async answer(message) {
      const command = parseCommand(message);
      if (command === 'ping') return print({ type: 'pong', timestamp: now(), data: {} });
      if (command !== 'get_status') return undefined;
      const { status, progress, current_step, filename } = await imports.find(caller, jobId);
      return print({ type: 'status', timestamp: now(), data: { status, progress, current_step, filename } });
    },
  };
}

function translate({ kind, data }: StreamedEvent): { type: string; data: unknown } {
  if (kind === 'log') return { type: 'log', data: { level: 'INFO', message: (data as { line: string }).line } };
  if (kind === 'progress') {
    const { percent, step } = data as { percent: number; step: string };
    return { type: 'progress', data: { status: 'processing', progress: percent, current_step: step } };
  }
  if (kind !== 'state') return { type: kind, data };
  const { status, current_step: step, ...rest } = data as { status: string; current_step: string };
  if (!isEnded(status)) return { type: 'progress', data };
  return status === 'completed'
    ? { type: 'complete', data: { status, ...rest } }
    : { type: 'error', data: { status, current_step: step, ...rest } };
}

function parseCommand(message: string): unknown {
  try {
    return (JSON.parse(message) as { command?: unknown } | null)?.command;
  } catch {
    return undefined;
  }
}
