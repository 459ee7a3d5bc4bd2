import type { RateLimitStore } from './rate-limiter.ts';

/** Counts of one process: enough where there is one replica. The oldest buckets are forgotten first. */
export function createMemoryRateLimitStore(maxBuckets = 100_000): RateLimitStore {
  const counts = new Map<string, { readonly window: number; sum: number }>();
  return {
    async take({ tenantId, key }, window, amount) {
      const bucket = `${tenantId}:${key}`;
      const known = counts.get(bucket);
      if (known?.window === window) return (known.sum += amount);
      if (counts.size >= maxBuckets) counts.delete(counts.keys().next().value!);
      counts.delete(bucket);
      counts.set(bucket, { window, sum: amount });
      return amount;
    },
  };
}
