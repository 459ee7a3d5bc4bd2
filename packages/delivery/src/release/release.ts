import type { Artifact } from '../targets/target.ts';

/** Everything that one start of an application needs: what was built, with which configuration, within which limits. */
export interface Release {
  readonly application: string;
  readonly id: string;
  readonly artifact: Artifact;
  readonly commands: ReleaseCommands;
  /** Configuration and secrets, resolved just before the start. Never logged, never written to disk. */
  readonly env: Readonly<Record<string, string>>;
  /** Names in `env` whose values are masked in logs. */
  readonly secretNames: readonly string[];
  /** Where it listens inside a container, and what `PORT` says there; `assigned`: a usual one. Processes share one machine: each is told a free one. */
  readonly port: number | 'assigned';
  readonly limits: ReleaseLimits;
  readonly health: HealthCheck;
  readonly smoke?: readonly SmokeTest[];
  /** Texts in what it prints that mean that it is not well, whatever it answers: looked for until users are led to it. */
  readonly failOnOutput?: readonly string[];
  /** How many run side by side, of the program that users reach. */
  readonly instances: number;
  /** Programs that run beside it, and that nobody is led to. */
  readonly background?: readonly BackgroundProcess[];
}

/** A program that does its work unseen, such as a worker of a queue. */
export interface BackgroundProcess {
  /** Lower-case letters, digits and hyphens, at most 16. */
  readonly name: string;
  /** Read by `/bin/sh`, in the surroundings that the release has. */
  readonly command: string;
  readonly instances: number;
}

export interface ReleaseCommands {
  /** A string is read by `/bin/sh`, inside of the application's own surroundings; a list is started as it is. An image may have its own. */
  readonly start?: string | readonly string[];
  /** Run to its end before the release is started for the first time, such as a migration of its database; read as `start` is. */
  readonly release?: string | readonly string[];
}

export interface ReleaseLimits {
  /** Thousandths of a processor. */
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  /** Processes and threads. Default: `defaultPids`. */
  readonly pids?: number;
  /** The largest file that it may write. */
  readonly fileBytes?: number;
}

/** As many threads as the largest application servers have by default, and some more. */
export const defaultPids = 512;

/** When an instance is ready for users: asked from outside, so nothing has to be installed in it. */
export interface HealthCheck {
  /** Asked for by GET; statuses 200 to 399 are healthy, redirects are not followed. Without it `/` is asked for, and 400 to 499 are healthy too. */
  readonly path?: string;
  readonly attempts: number;
  readonly intervalMs: number;
  /** Of one attempt. */
  readonly timeoutMs: number;
}

/** What a candidate must answer before users see it. */
export interface SmokeTest {
  readonly path: string;
  readonly method?: 'GET' | 'HEAD';
  /** Default 200. */
  readonly status?: number;
  readonly bodyIncludes?: string;
  /** Until the whole answer is there. */
  readonly latencyMs?: number;
}
