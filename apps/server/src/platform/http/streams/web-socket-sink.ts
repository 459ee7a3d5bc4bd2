import type { Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { WebSocket } from '@fastify/websocket';
import { formatEvent } from './open-stream.ts';
import type { StreamEnd, StreamSink } from './open-stream.ts';

/** One text message an event. RFC 6455 close codes; 4xxx are ours. */
export function createWebSocketSink(
  socket: WebSocket,
  connection: Writable,
  maxBufferedBytes: number,
  slowReaderSeconds: number,
): StreamSink {
  let isGathering = false;

  /** What is sent in one go is written in one go: for hundreds of readers of a busy job that is most of the work. */
  function gather(): void {
    if (isGathering) return;
    isGathering = true;
    connection.cork();
    process.nextTick(() => {
      isGathering = false;
      connection.uncork();
    });
  }

  return {
    async send(event) {
      gather();
      const sent = Promise.withResolvers<void>();
      socket.send(formatEvent(event), () => sent.resolve());
      if (socket.bufferedAmount < maxBufferedBytes) return true;
      const timer = new AbortController();
      const tooSlow = wait(slowReaderSeconds * 1000, false, { signal: timer.signal }).catch(() => false);
      const isInTime = await Promise.race([sent.promise.then(() => true), tooSlow]);
      timer.abort();
      return isInTime;
    },
    heartbeat() {
      if (socket.bufferedAmount < maxBufferedBytes) socket.ping();
    },
    finish(reason) {
      socket.close(closeCodes[reason], reason);
      // A reader that does not read does not answer the farewell either.
      if (reason === 'too_slow') socket.terminate();
    },
  };
}

const closeCodes: Readonly<Record<StreamEnd, number>> = { end: 1000, closing: 1001, error: 1011, too_slow: 1013, revoked: 4401 };
