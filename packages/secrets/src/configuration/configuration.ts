import type { DetectorOptions } from '../detect/detector.ts';
import type { Allowance } from './allowances.ts';

/** What a user says about scanning: read from `.deployguard.toml` or `.deployguard.yaml`. */
export interface Configuration {
  /** Which rules run, the user's own included. */
  readonly detector: DetectorOptions;
  /** Secrets that are known and accepted. */
  readonly allowances: readonly Allowance[];
  /** Whether `deployguard:allow` on a line means nothing, because a stranger may have written it. Default false. */
  readonly ignoresComments?: boolean;
}
