import { setTimeout as delay } from 'node:timers/promises';
import { type ImportMessage, operations } from '@deployguard/contracts';
import { neutralizeText } from '@deployguard/reports';
import { describeFailure } from '../client/describe-failure.ts';
import { parseEvents } from '../client/parse-events.ts';
import type { ServerClient } from '../client/server-client.ts';
import { ServerError } from '../client/server-error.ts';
import type { UploadFlags } from '../commands/upload.ts';
import type { CliContext } from '../context.ts';
import { createProgress } from '../terminal/progress.ts';

interface Awaited {
  readonly file: string;
  readonly jobId: string;
}

/** Returns when an upload has ended, however it did. */
export async function waitForImport(
  client: ServerClient,
  { file, jobId }: Awaited,
  { quiet = false, json = false, streamLogs = false }: UploadFlags,
  { stderr, signal }: CliContext,
): Promise<void> {
  const progress = createProgress(stderr, { isQuiet: quiet || json });
  try {
    for await (const { type, data } of followImport(client, jobId, signal)) {
      const { message, progress: percent, current_step: step } = data as Readonly<Record<string, unknown>>;
      if (type === 'progress') progress.update({ label: neutralizeText(`${file}: ${String(step)}`), done: Number(percent), total: 100 });
      if (type !== 'log' || !streamLogs) continue;
      progress.clear();
      await stderr.write(`${neutralizeText(`${file}: ${String(message)}`)}\n`);
    }
  } finally {
    progress.stop();
  }
}

const mostDrops = 10;
const pauseMilliseconds = 1000;
const silenceMilliseconds = 45_000;
const passesByItself = new Set(['SERVER_UNREACHABLE', 'UNAVAILABLE', 'RATE_LIMITED']);

/** Each message once, over as many connections as it takes, until the last one. */
async function* followImport(client: ServerClient, jobId: string, signal: AbortSignal): AsyncGenerator<ImportMessage> {
  let last = 0;
  for (let drops = 0; ; drops++) {
    try {
      for await (const message of readOnce(client, jobId, last)) {
        last = message.sequence ?? last;
        drops = 0;
        yield message;
        if (message.type === 'complete' || message.type === 'error') return;
      }
    } catch (error) {
      signal.throwIfAborted();
      const failure = describeFailure(error, client.url);
      if (!(failure instanceof ServerError) || !passesByItself.has(failure.code) || drops >= mostDrops) throw failure;
    }
    await delay(pauseMilliseconds, undefined, { signal });
  }
}

/** One connection; one that shows no life any more is given up. */
async function* readOnce(client: ServerClient, jobId: string, last: number): AsyncGenerator<ImportMessage> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new DOMException('The stream is silent.', 'TimeoutError')), silenceMilliseconds);
  try {
    const headers: Record<string, string> = last === 0 ? {} : { 'last-event-id': String(last) };
    const response = await client.open(
      operations.followImport,
      { params: { job_id: jobId } },
      { signal: silence.signal, isTriedOnce: true, headers },
    );
    for await (const event of parseEvents(response.body!)) {
      timer.refresh();
      if (event?.id !== undefined) yield JSON.parse(event.data) as ImportMessage;
    }
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}
