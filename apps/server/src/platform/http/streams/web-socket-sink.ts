import type { Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { WebSocket } from '@fastify/websocket';
import type { StreamDialect, StreamEnd, StreamSink } from './open-stream.ts';

/** Of messages of a client that wait for their answer: who sends more does not wait for any. */
const maxWaitingMessages = 10;

/** One text message an event. RFC 6455 close codes; 4xxx are ours. */
export function createWebSocketSink(
  socket: WebSocket,
  connection: Writable,
  dialect: StreamDialect,
  maxBufferedBytes: number,
  slowReaderSeconds: number,
): StreamSink {
  let isGathering = false;
  let waitingMessages = 0;
  let answering = Promise.resolve();
  socket.on('message', (data: Buffer) => {
    if (waitingMessages === maxWaitingMessages) return;
    waitingMessages++;
    answering = answering.then(() => answer(data.toString())).finally(() => waitingMessages--);
  });

  async function answer(message: string): Promise<void> {
    const text = await dialect.answer(message).catch(() => undefined);
    if (text !== undefined && socket.bufferedAmount < maxBufferedBytes) socket.send(text);
  }

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
      socket.send(dialect.format(event), () => sent.resolve());
      if (socket.bufferedAmount < maxBufferedBytes) return true;
      const timer = new AbortController();
      const tooSlow = wait(slowReaderSeconds * 1000, false, { signal: timer.signal }).catch(() => false);
      const isInTime = await Promise.race([sent.promise.then(() => true), tooSlow]);
      timer.abort();
      return isInTime;
    },
    heartbeat() {
      if (socket.bufferedAmount >= maxBufferedBytes) return;
      socket.ping();
      const text = dialect.heartbeat();
      if (text !== '') socket.send(text);
    },
    finish(reason) {
      socket.close(closeCodes[reason], reason);
      // A reader that does not read does not answer the farewell either.
      if (reason === 'too_slow') socket.terminate();
    },
  };
}

const closeCodes: Readonly<Record<StreamEnd, number>> = { end: 1000, closing: 1001, error: 1011, too_slow: 1013, revoked: 4401 };
