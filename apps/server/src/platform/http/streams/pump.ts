import type { StreamEnd, StreamSink, StreamedEvent } from './open-stream.ts';

export interface PumpOptions {
  readonly heartbeatSeconds: number;
  /** Whether the client may still read. */
  readonly isStillAllowed: () => Promise<boolean>;
  /** Aborted by the client (without reason) or by the service (with the reason `closing`). */
  readonly abort: AbortController;
}

/**
 * Carries events to one reader, one at a time: what the reader does not take stays with the source. Ends the source and the sink, and tells why.
 */
export async function pumpEvents(events: AsyncIterable<StreamedEvent>, sink: StreamSink, options: PumpOptions): Promise<StreamEnd> {
  const { abort } = options;
  const heartbeat = setInterval(() => void beat(), options.heartbeatSeconds * 1000);
  const end = await carry().catch((): StreamEnd => endOf(abort, 'error'));
  clearInterval(heartbeat);
  abort.abort(end);
  sink.finish(end);
  return end;

  async function beat(): Promise<void> {
    if (await options.isStillAllowed().catch(() => false)) sink.heartbeat();
    else abort.abort('revoked');
  }

  async function carry(): Promise<StreamEnd> {
    for await (const event of events) {
      if (abort.signal.aborted) break;
      if (!(await sink.send(event))) return 'too_slow';
    }
    return endOf(abort, 'end');
  }
}

function endOf({ signal }: AbortController, otherwise: StreamEnd): StreamEnd {
  return signal.aborted && typeof signal.reason === 'string' ? (signal.reason as StreamEnd) : otherwise;
}
