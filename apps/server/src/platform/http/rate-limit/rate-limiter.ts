import { createMemoryRateLimitStore } from './memory-store.ts';

/**
 * Counts in windows of fixed length, shared by all replicas: windows are numbered from 1970 on. `take` adds an amount to a bucket's window and
 * gives the sum so far.
 */
export interface RateLimitStore {
  take(bucket: RateBucket, window: number, amount: number): Promise<number>;
}

/** Whose requests are counted. */
export interface RateBucket {
  readonly key: string;
  /** For those who have signed in. */
  readonly tenantId?: string;
}

export interface RateLimit {
  /** Shown in the headers: `user`, `address`. */
  readonly name: string;
  readonly requests: number;
  readonly windowSeconds: number;
}

export interface RateVerdict {
  readonly isAllowed: boolean;
  readonly remaining: number;
  readonly resetSeconds: number;
}

export interface RateLimiter {
  /** Counts one request of the one who is named. */
  take(limit: RateLimit, subject: RateBucket): Promise<RateVerdict>;
}

interface Allowance {
  readonly window: number;
  /** Permits drawn from the store. */
  granted: number;
  used: number;
  /** What the store counted in the whole, at the last draw. */
  drawn: number;
  drawing: Promise<void> | undefined;
}

const maxSubjects = 100_000;
// One draw serves a tenth of the limit: a shared store is asked that much less. A replica that dies wastes at most this part.
const drawsPerWindow = 10;

/** Limits requests by drawing permits from the store in blocks: the limit holds over all replicas, whoever gets the requests. */
export function createRateLimiter(store: RateLimitStore, now: () => number = Date.now): RateLimiter {
  const alone = createMemoryRateLimitStore();
  const allowances = new Map<string, Allowance>();

  return {
    async take(limit, subject) {
      const seconds = now() / 1000;
      const window = Math.floor(seconds / limit.windowSeconds);
      const bucket = { ...subject, key: `${limit.name}:${subject.key}` };
      const allowance = find(`${bucket.tenantId}:${bucket.key}`, window);
      const isAllowed = await usePermit(bucket, allowance, limit);
      return {
        isAllowed,
        remaining: Math.max(0, limit.requests - allowance.drawn + allowance.granted - allowance.used),
        resetSeconds: Math.max(1, Math.ceil((window + 1) * limit.windowSeconds - seconds)),
      };
    },
  };

  function find(name: string, window: number): Allowance {
    const known = allowances.get(name);
    if (known?.window === window) return known;
    if (allowances.size >= maxSubjects) allowances.delete(allowances.keys().next().value!);
    const fresh: Allowance = { window, granted: 0, used: 0, drawn: 0, drawing: undefined };
    allowances.delete(name);
    allowances.set(name, fresh);
    return fresh;
  }

  async function usePermit(bucket: RateBucket, allowance: Allowance, limit: RateLimit): Promise<boolean> {
    for (;;) {
      if (allowance.used < allowance.granted) {
        allowance.used++;
        return true;
      }
      if (allowance.drawn >= limit.requests) return false;
      allowance.drawing ??= draw(bucket, allowance, limit).finally(() => (allowance.drawing = undefined));
      await allowance.drawing;
    }
  }

  async function draw(bucket: RateBucket, allowance: Allowance, { requests }: RateLimit): Promise<void> {
    const amount = Math.ceil(requests / drawsPerWindow);
    // A store that is down stops nobody: this replica then counts alone.
    const sum = await store.take(bucket, allowance.window, amount).catch(() => alone.take(bucket, allowance.window, amount));
    const before = sum - amount;
    allowance.granted += Math.max(0, Math.min(amount, requests - before));
    allowance.drawn = sum;
  }
}
