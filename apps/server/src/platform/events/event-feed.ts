import type { ServiceEvent } from './event.ts';

/** One who follows a subject. Live: gets what the feed reads. Else it reads for itself until it has caught up. */
export interface Follower {
  isLive: boolean;
  /** The last sequence that stands in `buffer` or went out of it. */
  last: number;
  readonly buffer: ServiceEvent[];
  /** Something came, or the follower was dropped to replay. */
  wake(): void;
}

type ReadPage = (afterSequence: number) => Promise<readonly ServiceEvent[]>;

/** What is new of one subject, read once from the database however many follow. */
export class EventFeed {
  readonly followers = new Set<Follower>();
  /** Counts the calls of `read`: who reads for itself sees by it whether something came meanwhile. */
  readCount = 0;
  readonly #readPage: ReadPage;
  readonly #maxBuffered: number;
  #isReading = false;

  constructor(readPage: ReadPage, maxBuffered: number) {
    this.#readPage = readPage;
    this.#maxBuffered = maxBuffered;
  }

  /** Reads what is new and hands it to those who are live. Calls during a read become one more read. */
  async read(): Promise<void> {
    this.readCount++;
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      for (let seen = -1; seen !== this.readCount;) {
        seen = this.readCount;
        await this.#readToEnd();
      }
    } finally {
      this.#isReading = false;
    }
  }

  async #readToEnd(): Promise<void> {
    for (;;) {
      const live = [...this.followers].filter((follower) => follower.isLive);
      if (live.length === 0) return;
      const events = await this.#readPage(Math.min(...live.map((follower) => follower.last)));
      if (events.length === 0) return;
      for (const follower of live) this.#hand(events, follower);
    }
  }

  #hand(events: readonly ServiceEvent[], follower: Follower): void {
    for (const event of events) {
      if (!follower.isLive || event.sequence <= follower.last) continue;
      if (follower.buffer.length < this.#maxBuffered) {
        follower.buffer.push(event);
        follower.last = event.sequence;
      } else {
        // Too slow: nothing is kept for it, it comes back for the rest when it has worked off what it has.
        follower.isLive = false;
      }
    }
    follower.wake();
  }
}
