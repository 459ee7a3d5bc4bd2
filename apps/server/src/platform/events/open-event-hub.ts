import type { Database } from '../database/index.ts';
import { eventsChannel } from './event.ts';
import type { EventSubject, ServiceEvent } from './event.ts';
import { EventFeed } from './event-feed.ts';
import type { Follower } from './event-feed.ts';
import { listEvents } from './list-events.ts';

export interface EventHub {
  /**
   * The events of a subject after a sequence (default 0: all), then those that come, in order and without gaps, until the signal aborts
   * or the hub closes. A reader that is slow holds nothing up: it is served from the database once its buffer is full.
   */
  follow(subject: EventSubject, options: { readonly afterSequence?: number; readonly signal: AbortSignal }): AsyncIterable<ServiceEvent>;
  close(): Promise<void>;
}

export interface EventHubOptions {
  /** Events that wait for one slow follower at most. Default 1000. */
  readonly maxBuffered?: number;
  /** Told when new events could not be read; they are read with the next. */
  readonly onError?: (error: unknown) => void;
}

const pageSize = 500;
// A connection can be dead without either side knowing.
const safetyReadMilliseconds = 15_000;

/** Follows events for all readers of the process over one listening connection. */
export async function openEventHub(
  database: Pick<Database, 'asTenant' | 'listen'>,
  { maxBuffered = 1000, onError = () => {} }: EventHubOptions = {},
): Promise<EventHub> {
  const feeds = new Map<string, EventFeed>();
  const closing = new AbortController();

  const read = (feed: EventFeed): void => void feed.read().catch(onError);
  const readAll = (): void => feeds.forEach(read);
  const listening = await database.listen(eventsChannel, (key) => {
    if (key === '') return readAll();
    const feed = feeds.get(key);
    if (feed !== undefined) read(feed);
  });
  const safetyRead = setInterval(readAll, safetyReadMilliseconds).unref();

  async function* follow(
    { tenantId, subject }: EventSubject,
    afterSequence: number,
    signal: AbortSignal,
  ): AsyncGenerator<ServiceEvent, void, undefined> {
    const key = `${tenantId}/${subject}`;
    const readPage = (after: number): Promise<ServiceEvent[]> =>
      database.asTenant(tenantId, (tx) => listEvents(tx, subject, after, pageSize));
    const feed = feeds.get(key) ?? new EventFeed(readPage, maxBuffered);
    feeds.set(key, feed);

    let arrival = Promise.withResolvers<void>();
    const follower: Follower = { isLive: false, last: afterSequence, buffer: [], wake: () => arrival.resolve() };
    feed.followers.add(follower);
    signal.addEventListener('abort', follower.wake);
    try {
      while (!signal.aborted) {
        const event = follower.buffer.shift();
        if (event !== undefined) {
          yield event;
        } else if (follower.isLive) {
          await arrival.promise;
          arrival = Promise.withResolvers();
        } else {
          const { readCount } = feed;
          const page = await readPage(follower.last);
          follower.buffer.push(...page);
          follower.last = page.at(-1)?.sequence ?? follower.last;
          // What came while the page was read may be missing in it, and the feed did not hand it to this one.
          follower.isLive = page.length < pageSize && readCount === feed.readCount;
        }
      }
    } finally {
      signal.removeEventListener('abort', follower.wake);
      feed.followers.delete(follower);
      if (feed.followers.size === 0 && feeds.get(key) === feed) feeds.delete(key);
    }
  }

  return {
    follow: (subject, { afterSequence = 0, signal }) => follow(subject, afterSequence, AbortSignal.any([signal, closing.signal])),
    async close() {
      closing.abort();
      clearInterval(safetyRead);
      await listening.close();
    },
  };
}
