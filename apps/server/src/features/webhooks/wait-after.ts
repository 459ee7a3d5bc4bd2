/** Waits between attempts, about those that Standard Webhooks names: some 75 hours in all. A little is added at random. */
const waitsSeconds = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];

/** How long to wait after so many attempts that failed; undefined: it is given up. */
export function waitAfter(attempts: number, retryAfterSeconds = 0): number | undefined {
  const wait = waitsSeconds[attempts - 1];
  if (wait === undefined) return undefined;
  return Math.min(Math.max(wait * (1 + Math.random() / 10), retryAfterSeconds), 86_400);
}
