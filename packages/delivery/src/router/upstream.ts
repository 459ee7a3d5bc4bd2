import { Pool } from 'undici';
import { hearOut } from './hear-out.ts';
import { createConnector } from './read-buffers.ts';
import type { Address } from '../targets/target.ts';

/** The connections to one instance, and how many requests are under way on them. */
export interface Upstream {
  readonly key: string;
  readonly pool: Pool;
  /** Each request on a connection of its own: one that was kept may just be closing, and what must not be sent twice would be lost on it. */
  readonly freshPool: Pool;
  readonly inFlight: number;
  /** Counts a request until `leave`, which may be called once. `cut` ends it from here. */
  enter(cut: () => void): () => void;
  /** Resolves with how many had to be cut off: when nothing is under way any more, or the limit is reached. */
  drain(limitMs: number): Promise<number>;
  close(): Promise<void>;
}

export interface UpstreamTimes {
  readonly connectMs: number;
  /** Until an instance begins its answer. */
  readonly answerMs: number;
}

/** Shorter than any server closes idle connections: one that is used again is most likely still open. */
const keepAliveMs = 1000;

export function keyOf({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

export function openUpstream(address: Address, { connectMs, answerMs }: UpstreamTimes): Upstream {
  const key = keyOf(address);
  const connect = createConnector({ timeout: connectMs });
  const options: Pool.Options = {
    keepAliveTimeout: keepAliveMs,
    connect,
    headersTimeout: answerMs,
    // Events may be hours apart.
    bodyTimeout: 0,
  };
  const pool = new Pool(`http://${key}`, { ...options, pipelining: 1 });
  const freshPool = new Pool(`http://${key}`, { ...options, connect: hearOut(connect), pipelining: 0 });
  const cuts = new Set<() => void>();
  const waiting = new Set<() => void>();

  return {
    key,
    pool,
    freshPool,
    get inFlight() {
      return cuts.size;
    },
    enter(cut) {
      const entry = (): void => cut();
      cuts.add(entry);
      return () => {
        cuts.delete(entry);
        if (cuts.size === 0) for (const resolve of waiting) resolve();
      };
    },
    async drain(limitMs) {
      if (cuts.size === 0) return 0;
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.add(resolve);
      const timer = setTimeout(resolve, limitMs);
      await promise;
      clearTimeout(timer);
      waiting.delete(resolve);
      const left = [...cuts];
      for (const cut of left) cut();
      return left.length;
    },
    async close() {
      await Promise.all([pool.destroy(), freshPool.destroy()]);
    },
  };
}
