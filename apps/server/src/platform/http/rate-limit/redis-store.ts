import type { Redis } from 'ioredis';
import type { RateLimitStore } from './rate-limiter.ts';

/** Counts that all replicas share in Redis. Each window is a key of its own that Redis forgets after it. */
export function createRedisRateLimitStore(redis: Pick<Redis, 'multi'>): RateLimitStore {
  return {
    async take({ tenantId, key: name }, { number, seconds }, amount) {
      const key = `deployguard:rate:${tenantId ?? ''}:${name}:${number}`;
      const results = await redis
        .multi()
        .incrby(key, amount)
        .expire(key, seconds * 2)
        .exec();
      const [error, sum] = results?.[0] ?? [];
      if (error) throw error;
      return Number(sum);
    },
  };
}
