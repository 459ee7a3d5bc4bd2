import type { ReleaseLimits } from '../../release/release.ts';
import type { Instance } from '../target.ts';

/** What a supervisor is started with, on its standard input: secrets pass by the disk this way. */
export interface SupervisorOrder {
  readonly instance: Omit<Instance, 'handle' | 'startedAt'>;
  /** The instance's own directory. */
  readonly directory: string;
  readonly command: { readonly program: string; readonly args: readonly string[]; readonly cwd: string };
  readonly env: Readonly<Record<string, string>>;
  readonly limits: ReleaseLimits;
  readonly mask: readonly string[];
  readonly log: { readonly maxBytes: number; readonly maxBytesPerSecond: number };
  readonly restart: RestartPolicy;
}

/** A program that ends is started again, later each time; after it ran stably for a while, counting begins anew. */
export interface RestartPolicy {
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  readonly stableMs: number;
}

/** The supervisor's only line: the program has been started, could not be, or another supervisor has the instance already. */
export type SupervisorAnswer =
  | { readonly is: 'started' }
  | { readonly is: 'failed'; readonly message: string }
  | { readonly is: 'present' };

/** Left in the instance's directory for the supervisor before it is told to stop. */
export interface StopOrder {
  readonly graceMs: number;
}
