import type { DeploymentStatus } from '@deployguard/contracts';

/**
 * ```
 * QUEUED ─▶ ANALYZING ─▶ BUILDING ─▶ PROVISIONING ─▶ DEPLOYING ─▶ HEALTHY ─▶ EXPOSED ⇄ STOPPED
 *     └────────┴── until users are led to it: FAILED, CANCELLED ┘        │        │
 *                                                              afterwards, or by request
 *                                                              ROLLING_BACK ─▶ ROLLED_BACK, ROLLBACK_FAILED
 * DESTROYING ─▶ DESTROYED
 * ```
 * A deployment whose release another one took over from is STOPPED: it can be rolled back to.
 */
export const underWay: readonly DeploymentStatus[] = ['ANALYZING', 'BUILDING', 'PROVISIONING', 'DEPLOYING', 'HEALTHY'];

/** Where nothing of it is left to be destroyed. */
export const gone: readonly DeploymentStatus[] = ['FAILED', 'CANCELLED', 'DESTROYED'];

/** What a person reads while nothing is under way. */
export const steps: Readonly<Record<DeploymentStatus, string>> = {
  QUEUED: 'Waiting for its turn',
  ANALYZING: 'Looking at the repository',
  BUILDING: 'Building',
  PROVISIONING: 'Making what it needs',
  DEPLOYING: 'Starting',
  HEALTHY: 'Leading users to it',
  EXPOSED: 'Serving',
  FAILED: 'Failed',
  CANCELLED: 'Cancelled',
  ROLLING_BACK: 'Leading users back',
  ROLLED_BACK: 'Users were led back to an older release',
  ROLLBACK_FAILED: 'Users could not be led back',
  STOPPED: 'Stopped',
  DESTROYING: 'Being destroyed',
  DESTROYED: 'Destroyed',
};
