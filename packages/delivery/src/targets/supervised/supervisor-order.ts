import type { Sandbox } from '@deployguard/process';
import type { ContainerEngine } from '../../containers/container-engine.ts';
import type { ReleaseLimits } from '../../release/release.ts';
import type { Instance } from '../target.ts';

/** What a supervisor is started with, on its standard input: secrets pass by the disk this way. */
export interface SupervisorOrder {
  readonly instance: Omit<Instance, 'handle' | 'startedAt'>;
  /** The instance's own directory. */
  readonly directory: string;
  readonly command: { readonly program: string; readonly args: readonly string[]; readonly cwd: string; readonly sandbox?: Sandbox };
  readonly env: Readonly<Record<string, string>>;
  /** What the program finds in its standard input, a file that has no name, at each start. */
  readonly input?: string;
  /** What the supervisor itself keeps; undefined where the container engine does. */
  readonly limits?: ReleaseLimits;
  /** For a program that is only the engine's client. */
  readonly container?: ContainerOrder;
  readonly mask: readonly string[];
  readonly log: { readonly maxBytes: number; readonly maxBytesPerSecond: number };
  /** Without one, it is run once. */
  readonly restart?: RestartPolicy;
}

/** How a container is ended, and what is asked about it before it is removed. */
export interface ContainerOrder {
  readonly engine: ContainerEngine;
  readonly name: string;
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
