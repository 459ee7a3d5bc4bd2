import type { Operation, ParamsOf, QueryOf } from '@deployguard/contracts';
import type { Caller } from '../call.ts';

/** An event as it is shown, numbered from 1 without gaps. */
export interface StreamedEvent {
  readonly sequence: number;
  readonly kind: string;
  readonly data: unknown;
  readonly createdAt: Date;
}

export interface StreamCall<O extends Operation> {
  readonly params: ParamsOf<O>;
  readonly query: QueryOf<O>;
  readonly caller: Caller;
  /** The last event that the client has; 0 for none. */
  readonly afterSequence: number;
  /** Aborted when the stream ends, whoever ended it. */
  readonly signal: AbortSignal;
}

/**
 * Opens the events of one subject, for server-sent events and WebSockets alike. Refusals are thrown before the first event; the stream ends when
 * the iteration does.
 */
export type OpenStream<O extends Operation> = (call: StreamCall<O>) => Promise<AsyncIterable<StreamedEvent>>;

/** How a stream speaks whose messages are not our own. */
export interface StreamDialect {
  format(event: StreamedEvent): string;
  /** Sent beside the ping when nothing happens. */
  heartbeat(): string;
  /** Answers what a client says over a WebSocket; undefined: it is not understood. */
  answer(message: string): Promise<string | undefined>;
}

export type SpeakDialect<O extends Operation> = (call: StreamCall<O>) => StreamDialect;

export interface StreamOptions {
  /** How often a quiet stream shows that it lives, and how often it is asked whether the client still may read. Default 15. */
  readonly heartbeatSeconds?: number;
  /** How long a reader may take for what was sent before it is dropped. Default 30. */
  readonly slowReaderSeconds?: number;
  /** Of data that waits for one reader. Default 65,536. */
  readonly maxBufferedBytes?: number;
  /** Streams that one user may have open at one replica. Default 1000. */
  readonly maxPerUser?: number;
}

/** Why a stream ended: it was told, the credentials are no longer good, the reader is too slow, the service stops, or a fault. */
export type StreamEnd = 'end' | 'revoked' | 'too_slow' | 'closing' | 'error';

/** How events are written unless a stream has words of its own. */
export const plainDialect: StreamDialect = {
  format: formatEvent,
  heartbeat: () => '',
  answer: async () => undefined,
};

/** The way to one reader. */
export interface StreamSink {
  /** Sends one event and waits until the reader may have the next. False: it takes too long. */
  send(event: StreamedEvent): Promise<boolean>;
  heartbeat(): void;
  finish(reason: StreamEnd): void;
}

/** The text of an event, the same on both transports; made once, however many read the same event. */
function formatEvent(event: StreamedEvent): string {
  const known = texts.get(event);
  if (known !== undefined) return known;
  const { sequence, kind, data, createdAt } = event;
  const text = JSON.stringify({ sequence, kind, data, created_at: createdAt.toISOString() });
  texts.set(event, text);
  return text;
}

const texts = new WeakMap<StreamedEvent, string>();
