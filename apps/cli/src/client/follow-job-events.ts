import { setTimeout as delay } from 'node:timers/promises';
import { operations, type QueryOf } from '@deployguard/contracts';
import { describeFailure } from './describe-failure.ts';
import { parseEvents } from './parse-events.ts';
import type { ServerClient } from './server-client.ts';
import { ServerError } from './server-error.ts';

/** What happened to a job. */
export interface JobEvent {
  readonly sequence: number;
  readonly kind: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
}

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** Told when the connection is gone and is made again. */
  readonly onDrop?: () => void;
  /** A stream that is silent for so long is taken for dead; the service shows each 15 seconds that it lives. Default 45. */
  readonly silenceSeconds?: number;
  /** How often a lost connection is made again without an event in between. Default 10. */
  readonly maxDrops?: number;
  /** Before it is made again; doubles up to 10. Default 0.5. */
  readonly firstPauseSeconds?: number;
  /** What is followed. Default: a job. */
  readonly operation?: typeof operations.followJob | typeof operations.followDeployment | typeof operations.followApplication;
  readonly query?: QueryOf<typeof operations.followApplication>;
  /** Whether the service says when there is no more. Default: then it is asked again. */
  readonly endsByItself?: boolean;
}

const longestPauseSeconds = 10;

/**
 * The events of a job or deployment, or the lines of an application, each once and in order, over as many connections as it takes. Ends when the
 * caller leaves, by itself only where that is asked for.
 */
export async function* followJobEvents(client: ServerClient, jobId: string, options: FollowOptions): AsyncGenerator<JobEvent> {
  const { signal, maxDrops = 10, firstPauseSeconds = 0.5 } = options;
  let last = 0;
  for (let drops = 0; ; drops++) {
    try {
      for await (const event of readOnce(client, jobId, last, options)) {
        if (event === 'end') return;
        if (event.sequence <= last) continue;
        last = event.sequence;
        drops = 0;
        yield event;
      }
    } catch (error) {
      signal.throwIfAborted();
      const failure = describeFailure(error, client.url);
      if (!(failure instanceof ServerError) || !passesByItself.has(failure.code) || drops >= maxDrops) throw failure;
    }
    signal.throwIfAborted();
    options.onDrop?.();
    await delay(Math.min(longestPauseSeconds, firstPauseSeconds * 2 ** drops) * 1000, undefined, { signal });
  }
}

const passesByItself = new Set(['SERVER_UNREACHABLE', 'UNAVAILABLE', 'RATE_LIMITED']);

/** One connection. It ends, too, when the service stops or we are too slow: then the next one goes on. */
async function* readOnce(
  client: ServerClient,
  jobId: string,
  last: number,
  { silenceSeconds = 45, operation = operations.followJob, query, endsByItself = false }: FollowOptions,
): AsyncGenerator<JobEvent | 'end'> {
  const silence = new AbortController();
  const onSilence = (): void => silence.abort(new DOMException('The stream is silent.', 'TimeoutError'));
  const timer = setTimeout(onSilence, silenceSeconds * 1000);
  try {
    const response = await client.open(
      operation,
      { params: { id: jobId }, ...(query && { query }) },
      { signal: silence.signal, isTriedOnce: true, headers: last === 0 ? {} : { 'last-event-id': String(last) } },
    );
    for await (const event of parseEvents(response.body!)) {
      timer.refresh();
      if (event?.id !== undefined) yield parseJobEvent(event.data);
      else if (event?.name === 'end' && endsByItself) yield 'end';
      else if (event?.name === 'revoked') throw new ServerError('UNAUTHENTICATED', `${client.url} no longer accepts these credentials.`);
    }
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

function parseJobEvent(text: string): JobEvent {
  const { sequence, kind, data, created_at: createdAt } = JSON.parse(text) as Record<string, unknown>;
  if (typeof sequence !== 'number' || typeof kind !== 'string' || typeof createdAt !== 'string') {
    throw new ServerError('SERVER_UNKNOWN', 'The server sends events that this version does not know.');
  }
  return { sequence, kind, createdAt, data: typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {} };
}
