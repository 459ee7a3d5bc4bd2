/**
 * Whether an attempt came to nothing because a service of the platform was away or refused us, or something else has its turn: no fault of the
 * task, and it will pass. Class 53 of PostgreSQL is for resources that are used up.
 */
export function isOutage(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && (outages.has(code) || /^53\w{3}$/.test(code));
}

const outages: ReadonlySet<string> = new Set([
  'DATABASE_UNREACHABLE',
  'STORAGE_DOWN',
  'STORAGE_FULL',
  'STORAGE_REFUSED',
  'CREDENTIALS_UNAVAILABLE',
  'DOORBELL_DOWN',
  'ASSESSMENT_BUSY',
]);
