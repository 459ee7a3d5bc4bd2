import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { Readable } from 'node:stream';
import type { StreamDialect, StreamSink } from './open-stream.ts';

/** Server-sent events (WHATWG HTML §9.2). `id` is the sequence, so that browsers come back with `Last-Event-ID`. */
export function createSseSink(
  { format }: StreamDialect,
  maxBufferedBytes: number,
  slowReaderSeconds: number,
): { readonly sink: StreamSink; readonly body: Readable } {
  const body = new PassThrough({ highWaterMark: maxBufferedBytes });
  // Tells the client that it is connected, and how long to wait before it comes back.
  body.write('retry: 2000\n\n');
  const sink: StreamSink = {
    async send(event) {
      if (body.write(`id: ${event.sequence}\nevent: ${toEventName(event.kind)}\ndata: ${format(event)}\n\n`)) return true;
      return once(body, 'drain', { signal: AbortSignal.timeout(slowReaderSeconds * 1000) }).then(
        () => true,
        () => false,
      );
    },
    heartbeat() {
      if (!body.writableNeedDrain) body.write(': still here\n\n');
    },
    finish(reason) {
      if (reason === 'too_slow') return void body.destroy();
      body.end(`event: ${reason}\ndata: {}\n\n`);
    },
  };
  return { sink, body };
}

/** A line of its own: nothing in it may break out. */
function toEventName(kind: string): string {
  return kind.replaceAll(/[^\w.-]/g, '_');
}
