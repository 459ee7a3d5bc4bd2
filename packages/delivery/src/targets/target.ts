import type { Release } from '../release/release.ts';

/** What a builder makes. The digest is a content address: the same content has the same, whoever built it. */
export type Artifact =
  | {
      readonly kind: 'directory';
      readonly path: string;
      /** Of the application, in it: a member of a workspace needs what lies around it. Default: all of it. */
      readonly folder?: string;
      readonly digest: string;
    }
  | { readonly kind: 'image'; readonly reference: string; readonly digest: string };

/** A running (or just ended) program of a release. It can be written down and found again after a restart of whoever started it. */
export interface Instance {
  /** Chosen by the caller of `startCandidate`; unique within a target for as long as the instance is there. */
  readonly id: string;
  readonly application: string;
  readonly release: string;
  /** Which of the release's background processes it runs; undefined: the program that users reach. */
  readonly process?: string;
  readonly address: Address;
  /** ISO 8601. */
  readonly startedAt: string;
  /** The process that owns it, which finds it again: by id, start time and start of the machine, for an id alone may be another program's by now. */
  readonly handle: { readonly pid: number; readonly startTicks: number; readonly boot?: string };
}

/** Where an instance takes connections. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What an instance does right now, as its target sees it from outside. */
export interface InstanceState {
  readonly status: 'running' | 'restarting' | 'exited';
  /** How often it ended and was started again. */
  readonly restarts: number;
  /** What would start it again and keeps its log is gone: it runs for as long as it does. */
  readonly isOrphaned?: true;
  /** It ended together with what would have cleared up behind it, or nobody has done so since: stopping it does that. */
  readonly isLost?: true;
  /** Of the last time that it ended. */
  readonly lastExit?: { readonly exitCode: number; readonly reason: ExitReason; readonly at: string };
  /** TCP ports on which its processes listen; undefined where that cannot be seen. */
  readonly listeningPorts?: readonly number[];
  /** It is in a network of its own, and listens where only it can connect to: on the port that users would reach it by. */
  readonly isUnreachable?: true;
}

export interface InspectOptions {
  /** Seeing who listens takes an engine's answer: `false` leaves it out. */
  readonly seesPorts?: boolean;
}

/** Why an instance ended: by itself, by a signal that was not ours, by a limit of its release, or because it was stopped. */
export type ExitReason = 'exit' | 'signal' | 'memory' | 'pids' | 'disk' | 'stopped';

/** One line of what an instance printed: control bytes are neutralised, it is limited in length, secrets are masked. */
export interface LogLine {
  /** ISO 8601. */
  readonly at: string;
  /** `system`: a remark of the target itself. */
  readonly stream: 'stdout' | 'stderr' | 'system';
  readonly text: string;
}

export interface LogOptions {
  /** Only the last lines. Default: all that are kept. */
  readonly last?: number;
  /** Only lines after this time (ISO 8601). */
  readonly since?: string;
  /** Go on with what comes, until the signal or the end of the instance. */
  readonly follow?: boolean;
  /** Values that are replaced where they appear, beside the secrets of the release where the target knows them. */
  readonly mask?: readonly string[];
  readonly signal?: AbortSignal;
}

/**
 * Where applications run. Each method can be repeated: a caller that died in the middle of one calls it again with the same arguments.
 * What goes wrong is a `DeliveryError` whose code says whose fault it is.
 *
 * Names of applications, releases and instances: lower-case letters, digits and hyphens, at most 63 (`RELEASE_INVALID` otherwise).
 */
export interface Target {
  readonly kind: 'process' | 'container';
  /** Makes what a start needs: the release's files or image in place, its directories and networks. */
  prepare(release: Release, options?: { readonly signal?: AbortSignal }): Promise<void>;
  /**
   * Starts an instance beside all others; an instance of this id that runs already is the answer. Returns before it is healthy. With the name of a
   * background process it runs that one.
   */
  startCandidate(
    release: Release,
    options: { readonly id: string; readonly process?: string; readonly signal?: AbortSignal },
  ): Promise<Instance>;
  /**
   * Runs the release command once, in the surroundings that an instance of the release has. The same id again is the same run: one that has ended is
   * not made again. While it runs it stands in `list`, and `inspect`, `logs` and `stop` know it.
   */
  startReleaseCommand(release: Release, options: { readonly id: string; readonly signal?: AbortSignal }): Promise<Instance>;
  /** Undefined when there is no trace of it any more. */
  inspect(instance: Instance, options?: InspectOptions): Promise<InstanceState | undefined>;
  logs(instance: Instance, options?: LogOptions): AsyncIterable<LogLine>;
  /** Asks it to end, and ends it when it has not after the grace period. Nothing of it runs afterwards; its log stays. */
  stop(instance: Instance, options: { readonly graceMs: number }): Promise<void>;
  /**
   * The instances of an application that run, or are about to again: this is how they are found again after a restart. With `withEnded` also those
   * that have ended and whose logs are kept.
   */
  list(application: string, options?: { readonly withEnded?: boolean }): Promise<readonly Instance[]>;
  /** Ends what still runs of a release and removes its files or image, and its logs. */
  removeRelease(application: string, release: string): Promise<void>;
  /** Ends and removes everything of an application. */
  destroy(application: string): Promise<void>;
}
