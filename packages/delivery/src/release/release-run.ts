import type { DeliveryError } from '../delivery-error.ts';
import type { Router } from '../router/router.ts';
import type { Instance, LogLine, Target } from '../targets/target.ts';
import type { Release } from './release.ts';

/** One way of a release to its users, or of an older one back to them. */
export interface ReleaseRun {
  readonly target: Target;
  readonly router: Router;
  /** Names the run, and with it the instances that it starts: the same run called again goes on with them. As names of instances are. */
  readonly id: string;
  readonly release: Release;
  /** Whether it has never served: then its release command is run first. Default: it has. */
  readonly isNew?: boolean;
  /** What users have now; they get it back when the new one fails after the switch. */
  readonly previous?: Release;
  /** Host names that lead to the application. The first one is what health checks carry. */
  readonly hosts: readonly string[];
  /** How long the release command may take. Default 1200. */
  readonly releaseCommandSeconds?: number;
  /** How long a background process has to run without ending before it counts as started. Default 1500. */
  readonly settleMs?: number;
  /** How long the release is looked at after the switch, before the previous one is stopped. Default 5000. */
  readonly observeMs?: number;
  /** How long requests to the previous release may take to end. Default 30 000. */
  readonly drainMs?: number;
  /** How long a program may take to end when it is asked to. Default 10 000. */
  readonly graceMs?: number;
  /** Aborted with a `DeliveryError` of code CANCELLED it is undone; with any other reason it is left as it is, to be gone on with. */
  readonly signal: AbortSignal;
  readonly emit: (event: ReleaseEvent) => Promise<void> | void;
  /** The step to go on with after a crash: those before it were reported as done. Default: the first. */
  readonly resumeFrom?: StepName;
}

export interface ReleaseEvent {
  readonly step: StepName | 'roll-back';
  readonly state: 'started' | 'done' | 'failed' | 'news';
  readonly message?: string;
  /** When the way back begins: why. */
  readonly error?: DeliveryError;
}

export interface ReleaseFailure {
  readonly step: StepName;
  readonly error: DeliveryError;
  /** The last of what the instances of the release printed. */
  readonly logs: readonly LogLine[];
}

/**
 * How a run ended. `failed` and `cancelled`: users never saw it, the previous release serves on. `rolled-back`: the previous release has
 * been checked and serves again; without a previous one, nothing serves. `rollback-failed`: it could not be brought back; somebody has to look.
 */
export type ReleaseOutcome =
  | { readonly status: 'serving'; readonly instances: readonly Instance[] }
  | ({ readonly status: 'failed' | 'cancelled' | 'rolled-back' } & ReleaseFailure)
  | ({ readonly status: 'rollback-failed'; readonly rollbackError: DeliveryError } & ReleaseFailure);

export type StepName = 'prepare' | 'release' | 'start' | 'healthy' | 'smoke' | 'switch' | 'observe' | 'retire';

/** What the steps work with. */
export interface ReleaseWork extends ReleaseRun {
  readonly hostName: string;
  readonly releaseCommandSeconds: number;
  readonly settleMs: number;
  readonly observeMs: number;
  readonly drainMs: number;
  readonly graceMs: number;
  /** Filled by the step that starts them. */
  instances: readonly Instance[];
  /** Filled by the step that runs it. */
  releaseCommand?: Instance;
}

/** An instance that a run starts. */
export interface PlannedInstance {
  readonly id: string;
  /** The background process that it runs; undefined: the program that users reach. */
  readonly process?: string;
}

export function planInstances({ id, release }: Pick<ReleaseRun, 'id' | 'release'>): readonly PlannedInstance[] {
  const count = (instances: number): number[] => Array.from({ length: instances }, (_, index) => index + 1);
  return [
    ...count(release.instances).map((number) => ({ id: `${id}-${number}` })),
    ...(release.background ?? []).flatMap(({ name, instances }) =>
      count(instances).map((number) => ({ id: `${id}-${name}-${number}`, process: name })),
    ),
  ];
}

/** The ids of the instances of a run. */
export function ownIds(run: Pick<ReleaseRun, 'id' | 'release'>): readonly string[] {
  return planInstances(run).map(({ id }) => id);
}

/** Those that users are led to. */
export function listReached(instances: readonly Instance[]): readonly Instance[] {
  return instances.filter(({ process }) => process === undefined);
}
