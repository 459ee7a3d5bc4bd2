import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Random } from './random.ts';

/** An event as its receiver knows it. */
export interface ReceivedEvent {
  /** `webhook-id`. */
  readonly id: string;
  readonly type: string;
  readonly jobId: string;
  /** How often it came. */
  times: number;
  /** How many of the answers the sender cannot have got. */
  lostAnswers: number;
}

export interface WebhookReceiver {
  readonly url: string;
  readonly events: ReadonlyMap<string, ReceivedEvent>;
  close(): void;
}

/** Keeps what is posted to it, and hangs up instead of answering once in a while, after it has taken the event. */
export async function startWebhookReceiver(random: Random): Promise<WebhookReceiver> {
  const events = new Map<string, ReceivedEvent>();
  const server = createServer((request, response) => {
    void take(request, response);
  });
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request).catch(() => undefined);
    // Its sender was killed in the middle.
    if (body === undefined) return;
    const { type, data } = JSON.parse(body) as { type: string; data: { job_id: string } };
    const id = String(request.headers['webhook-id']);
    const event = events.get(id) ?? { id, type, jobId: data.job_id, times: 0, lostAnswers: 0 };
    events.set(id, event);
    event.times++;
    // Only the first time: after the second the next attempt is minutes away.
    if (event.times > 1 || !random.isOnceIn(20)) return void response.writeHead(204).end();
    event.lostAnswers++;
    request.socket.destroy();
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/events`,
    events,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
