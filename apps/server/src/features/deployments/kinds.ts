import type { TaskKind } from '../../platform/tasks/index.ts';

export const deployKind = { kind: 'deployment.deploy', queue: 'deploy' } as const satisfies TaskKind;
export const rollBackKind = { kind: 'deployment.rollback', queue: 'deploy' } as const satisfies TaskKind;
/** Makes what runs what is wanted: after stop, start, scale, and new host names. */
export const applyKind = { kind: 'application.apply', queue: 'deploy' } as const satisfies TaskKind;
/** What is to go is not left behind because the machine was away for an hour. */
export const destroyKind = { kind: 'deployment.destroy', queue: 'deploy', maxFailures: 20 } as const satisfies TaskKind;

/** What a task does with an application, which it has for itself meanwhile. */
export interface ApplicationInput {
  readonly applicationId: string;
}

export interface DeployInput extends ApplicationInput {
  readonly deploymentId: string;
}

export interface RollBackInput extends DeployInput {
  readonly releaseId: string;
}

/** Without a deployment: the whole application. */
export interface DestroyInput extends ApplicationInput {
  readonly deploymentId?: string;
}
